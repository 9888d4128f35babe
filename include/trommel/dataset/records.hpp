// Records: what a platform and its store keep about a dataset, as plain data.
#pragma once

#include "trommel/core/id.hpp"
#include "trommel/dataset/bit_mask.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trommel {

using DatasetId = Id<struct DatasetKind>;
using TagId = Id<struct TagKind>;
using EmbeddingId = Id<struct EmbeddingKind>;
using JobId = Id<struct JobKind>;

/// Milliseconds since 1970 in UTC, as on Lightly's wire.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

struct Dataset {
    DatasetId id{};
    std::string name{};
    std::size_t sample_count = 0;
    Timestamp created_at{};
};

/// A named set of samples.
struct Tag {
    TagId id{};
    DatasetId dataset{};
    std::string name{};
    BitMask mask{};
    std::size_t total = 0;            ///< samples in the dataset when the tag was made
    std::optional<TagId> previous{};  ///< the tag that this one grew from; none for the initial tag
    std::optional<TagId> query{};     ///< for a selection's result: where was chosen from
    std::optional<TagId> preselected{};  ///< for a selection's result: what was chosen before
    Timestamp created_at{};
};

struct Embedding {
    EmbeddingId id{};
    DatasetId dataset{};
    std::string name{};
    std::size_t rows = 0;
    std::size_t dimensions = 0;
    Timestamp created_at{};
};

/// A column of scores, known by its tag and type.
struct Score {
    TagId tag{};
    std::string type{};  ///< e.g. `uncertainty_margin`
    Timestamp created_at{};
};

/// How far a sampling job is.
enum class JobState { waiting, running, finished, failed };

/// `WAITING`, `RUNNING`, `FINISHED`, `FAILED`, as on Lightly's wire.
std::string to_string(JobState state);
std::optional<JobState> parse_job_state(std::string_view name);

}  // namespace trommel
