#include "stages/join/prediction_batches.hpp"
#include "stages/scores/batch_scorer.hpp"
#include "stages/stages.hpp"
#include "trommel/scoring/committee.hpp"

namespace trommel::stages {
namespace {

using scoring::Task;

scoring::Scores score_members(const std::shared_ptr<const CommitteeBatch>& batch,
                              const std::vector<std::string>& names) {
    return scoring::score_committees(batch->probs, batch->members, batch->classes, names);
}

std::vector<std::string> committee_scores() {
    return scoring::all_score_names(Task::classification);
}

}  // namespace

StageType score_committee() {
    return batch_scorer<CommitteeBatch, score_members, committee_scores>(
        "score.committee",
        "Scores samples by the disagreement of several models, and by the uncertainty of their "
        "mean.",
        Task::classification);
}

}  // namespace trommel::stages
