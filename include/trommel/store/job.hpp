// Job: a selection as a store keeps it; the other rows are the records of the dataset floor.
#pragma once

#include "trommel/dataset/records.hpp"
#include "trommel/selection/ending.hpp"
#include "trommel/selection/strategy_choice.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace trommel::store {

/// What a sampling job was asked for, with every default already filled in.
struct JobRequest {
    DatasetId dataset{};
    std::string new_tag_name{};
    selection::StrategyChoice strategy{};  ///< checked
    std::optional<TagId> similar_to{};
    TagId query{};
    std::optional<TagId> preselected{};
    std::optional<std::size_t> samples{};
    std::optional<double> proportion{};
    double min_distance = -1;
    std::optional<EmbeddingId> embedding{};
    std::optional<std::string> score_type{};  ///< of the query tag
    std::uint64_t seed = 0;
    std::uint32_t round = 0;
    std::optional<std::size_t> memory{};  ///< bytes it takes at most; of one from before, unknown
    std::string key{};  ///< by which a repeated call finds the job; empty for none
};

/// How a selection ended.
struct JobEnd {
    selection::Ending ending = selection::Ending::wanted;
    /// Which share of the nearest samples an approximate search found.
    std::optional<double> recall{};
};

struct Job {
    JobId id{};
    JobRequest request{};
    JobState state = JobState::waiting;
    std::size_t picks = 0;  ///< how many the store keeps; all of them once the job is finished
    std::optional<TagId> result{};  ///< none before the end, after a failure, or once deleted
    std::optional<selection::Ending>
        ending{};                    ///< of a finished one; none of one from before it was kept
    std::optional<double> recall{};  ///< as in JobEnd
    std::string error{};
    Timestamp created_at{};
    std::optional<Timestamp> finished_at{};  ///< or failed; none of one from before it was kept
};

}  // namespace trommel::store
