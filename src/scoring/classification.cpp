#include "trommel/scoring/classification.hpp"

#include "trommel/core/error.hpp"
#include "trommel/scoring/row_scorer.hpp"
#include "trommel/scoring/score_type.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::scoring {
namespace {

void require_classes(const Probabilities& probs) {
    if (probs.rows() == 0 || probs.cols() > 0) return;
    throw DataError(fmt::format(
        "the predictions of {} samples have no classes; give each sample at least one probability",
        probs.rows()));
}

}  // namespace

Scores score_classification(const Probabilities& probs,
                            std::span<const std::string> names,
                            Precision precision) {
    require_classes(probs);
    Scores scores;
    std::vector<RowKernel> kernels;
    for (const auto& name : names) {
        const auto& type = score_type(Task::classification, name);
        const auto* const of_classes = std::get_if<OfClasses>(&type.kernel);
        if (of_classes == nullptr)
            throw ConfigError(fmt::format(
                "'{}' needs the predictions of several models for each sample", type.name));
        kernels.push_back(of_classes->score);
        scores.push_back({std::string(type.name), std::vector<double>(probs.rows())});
    }
    if (probs.rows() == 0) return scores;
    std::vector<double*> columns;
    for (auto& score : scores) columns.push_back(score.values.data());
    RowScorer(std::move(kernels), probs.cols())(probs.values(), precision, columns);
    return scores;
}

ScorerClassification::ScorerClassification(Probabilities model_output)
    : model_output_(std::move(model_output)) {
    require_classes(model_output_);
}

Scores ScorerClassification::calculate_scores() const {
    return score_classification(model_output_, score_names());
}

std::vector<std::string> ScorerClassification::score_names() {
    return scoring::score_names(Task::classification);
}

}  // namespace trommel::scoring
