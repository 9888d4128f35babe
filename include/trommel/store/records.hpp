// Records: the rows of a store, as plain data.
#pragma once

#include "trommel/core/id.hpp"
#include "trommel/dataset/bit_mask.hpp"
#include "trommel/selection/sampling_method.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace trommel {

using DatasetId = Id<struct DatasetKind>;
using TagId = Id<struct TagKind>;
using EmbeddingId = Id<struct EmbeddingKind>;
using JobId = Id<struct JobKind>;

/// Milliseconds since 1970 in UTC.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

namespace store {

struct Dataset {
    DatasetId id{};
    std::string name{};
    std::size_t sample_count = 0;
    Timestamp created_at{};
};

struct Tag {
    TagId id{};
    DatasetId dataset{};
    std::string name{};
    BitMask mask{};
    std::size_t total = 0;  ///< samples in the dataset when the tag was made
    std::optional<TagId> previous{};
    std::optional<TagId> query{};
    std::optional<TagId> preselected{};
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
    std::string type{};
    Timestamp created_at{};
};

/// What a sampling job was asked for, with every default already filled in.
struct JobRequest {
    DatasetId dataset{};
    std::string new_tag_name{};
    SamplingMethod method = SamplingMethod::coreset;
    TagId query{};
    std::optional<TagId> preselected{};
    std::optional<std::size_t> samples{};
    double min_distance = -1;
    std::optional<EmbeddingId> embedding{};
    std::optional<std::string> score_type{};  ///< of the query tag
    std::uint64_t seed = 0;
    std::uint32_t round = 0;
};

enum class JobState { waiting, running, finished, failed };

struct Job {
    JobId id{};
    JobRequest request{};
    JobState state = JobState::waiting;
    std::optional<TagId> result{};  ///< none before the end, after a failure, or once deleted
    std::string error{};
    Timestamp created_at{};
};

}  // namespace store
}  // namespace trommel
