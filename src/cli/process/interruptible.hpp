#pragma once

#include "trommel/pipeline/operations/run/run.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace trommel::cli {

/// How long a round may go on after the first signal, by default.
inline constexpr auto default_grace = "30s";
inline constexpr auto grace_help =
    "Time to finish the round after SIGINT or SIGTERM (30s);\na second signal ends it at once";

/// Runs a run on this thread. The first SIGINT or SIGTERM requests the stop of `drain`, so that the
/// round which runs is the last; after the grace, `--grace` as the user wrote it, or at the second
/// signal the round is cancelled, and a third kills.
RunResult run_interruptibly(
    const std::string& grace,
    const std::function<asio::awaitable<RunResult>(std::stop_token drain)>& work);

}  // namespace trommel::cli
