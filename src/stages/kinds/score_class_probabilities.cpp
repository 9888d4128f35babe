#include "stages/scores/class_scores.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {
namespace {

/// The classes' probabilities.
scoring::Scores shares_of(const std::shared_ptr<const ClassificationBatch>& batch,
                          const ClassNames& classes) {
    const auto& probs = batch->probs;
    if (probs.rows() > 0 && probs.cols() != classes.size())
        throw DataError(fmt::format("the predictions are of {} classes, and 'classes' names {}: {}",
                                    probs.cols(),
                                    classes.size(),
                                    fmt::join(classes, ", ")));
    auto columns = empty_columns(classes, probs.rows());
    for (std::size_t i = 0; i < probs.rows(); ++i)
        for (std::size_t c = 0; c < classes.size(); ++c) columns[c].values[i] = probs.row(i)[c];
    return columns;
}

}  // namespace

StageType score_class_probabilities() {
    return score_classes<ClassificationBatch, shares_of>(
        "score.class_probabilities", "Scores each class by its probability, for the goal balance.");
}

}  // namespace trommel::stages
