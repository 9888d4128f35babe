// Sampling: a job becomes picks, the picks become a tag.
#pragma once

#include "platform/embedded/pick_keeper.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/store/store.hpp"

#include <map>
#include <memory>
#include <stop_token>
#include <vector>

namespace trommel::embedded {

using store::Store;

/// All that a job reads but the embeddings. It does not change once the job is in the store, but
/// for the picks made so far, which is why a job that is started again picks the same.
struct Assignment {
    store::Job job{};
    BitMask query{};
    BitMask preselected{};
    BitMask similar_to{};          ///< empty where the job names none
    std::vector<double> scores{};  ///< (samples of the query tag); empty where none are used
    /// As `scores`: what goals and thresholds name, by type.
    std::map<std::string, std::vector<double>> named{};
    std::vector<Pick> made{};  ///< before the job was cut off
};

struct Chosen {
    std::vector<Pick> picks{};
    SelectionOutcome end{};
};

/// Reads the job and marks it running; null if it has ended.
std::shared_ptr<const Assignment> begin(Store& store, const JobId& id);

/// Goes on from the picks made so far; further ones go to the keeper. `rows` is null where the job
/// names no embeddings. Throws DataError when the data do not fit, Interrupted when stopped, by
/// the platform's end or because the job was cancelled.
Chosen choose(std::stop_token stop,
              const std::shared_ptr<const Assignment>& assignment,
              const std::shared_ptr<const Matrix>& rows,
              const std::shared_ptr<PickKeeper>& keeper,
              const std::stop_token& cancelled);

/// Adds the tag of the preselected and the picked samples and marks the job finished.
void finish(Store& store,
            const std::shared_ptr<const Assignment>& assignment,
            const Chosen& chosen);

}  // namespace trommel::embedded
