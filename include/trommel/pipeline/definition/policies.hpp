// Policies: how the runner treats a stage, in keys that appear beside its `with` and mean the same
// for every kind. No stage carries one out itself; what each means is said in
// src/pipeline/engine/round/README.md.
#pragma once

#include "trommel/runtime/channel.hpp"
#include "trommel/runtime/retry.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace trommel {

/// What becomes of a record that a stage cannot use.
enum class OnError {
    fail,        ///< it ends the round
    quarantine,  ///< it is left out, and kept beside the run
    skip,        ///< it is left out, and counted
};

/// What is kept of a stage, so that it need not do again what would come out the same.
enum class CacheMode {
    off,
    whole,   ///< its output, by all that it depends on
    record,  ///< what its program answered about each sample, so that it is asked about new ones
             ///< only
};

/// A number of records, or a share of all in [0, 1].
using MaxErrors = std::variant<std::int64_t, double>;

struct Policies {
    RetryPolicy retry{};  ///< of an attempt whose output has not gone on
    std::optional<std::chrono::milliseconds> timeout{};  ///< for the work of one attempt
    std::optional<std::chrono::milliseconds>
        deadline{};             ///< for its work in a round, retries included
    std::int64_t parallel = 1;  ///< batches worked on at once
    std::string limit{};        ///< the shared limit that it obeys; empty: none
    /// What may wait in front of it: enough to even out the pace of stages, few enough to keep
    /// memory flat.
    Capacity buffer{.count = 8, .bytes = std::size_t{64} << 20};
    OnError on_error = OnError::fail;
    MaxErrors max_errors = 0.5;  ///< records that may fail in a round where that does not end it
    CacheMode cache = CacheMode::off;
};

/// Whether a stage's key is a policy.
bool is_policy(std::string_view key);

}  // namespace trommel
