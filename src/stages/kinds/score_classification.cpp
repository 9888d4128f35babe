#include "stages/scores/batch_scorer.hpp"
#include "stages/stages.hpp"
#include "trommel/scoring/classification.hpp"
#include "trommel/scoring/committee.hpp"

#include <fmt/format.h>

#include <any>
#include <set>

namespace trommel::stages {
namespace {

using scoring::Task;

scoring::Scores score_classified(const std::shared_ptr<const ClassificationBatch>& batch,
                                 const std::vector<std::string>& names) {
    return scoring::score_classification(batch->probs, names, batch->precision);
}

std::vector<std::string> classification_scores() {
    return scoring::score_names(Task::classification);
}

void refuse_committee_scores(const std::set<std::string>& names,
                             const StageType::Complain& complain) {
    for (const auto& name : names)
        if (scoring::needs_committee(name))
            complain("scores",
                     fmt::format("'{}' needs several predictions for each sample: read them by "
                                 "predictions.committee, score them by score.committee",
                                 name));
}

}  // namespace

StageType score_classification() {
    auto type = batch_scorer<ClassificationBatch, score_classified, classification_scores>(
        "score.classification",
        "Scores samples by the uncertainty of a classifier.",
        Task::classification);
    type.check = [check = std::move(type.check), names = type.scores](
                     const std::any& options, const StageType::Complain& complain) {
        check(options, complain);
        refuse_committee_scores(names(options).names, complain);
    };
    return type;
}

}  // namespace trommel::stages
