#include "trommel/scoring/classification.hpp"

#include "trommel/core/error.hpp"
#include "trommel/scoring/uncertainty.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

namespace trommel::scoring {
namespace {

void require_classes(const Probabilities& probs) {
    if (probs.rows() == 0 || probs.cols() > 0) return;
    throw DataError(fmt::format(
        "the predictions of {} samples have no classes; give each sample at least one probability",
        probs.rows()));
}

std::vector<double> score_rows(Uncertainty measure, const Probabilities& probs) {
    std::vector<double> scores;
    if (probs.rows() == 0) return scores;
    const NormalizedUncertainty score(measure, probs.cols());
    scores.reserve(probs.rows());
    for (std::size_t i = 0; i < probs.rows(); ++i) scores.push_back(score(probs.row(i)));
    return scores;
}

}  // namespace

Scores score_classification(const Probabilities& probs, std::span<const std::string> names) {
    require_classes(probs);
    Scores scores;
    for (const auto& name : names) {
        auto current = score_name(Task::classification, name);
        const auto measure = find_uncertainty(current);
        assert(measure && "every classification score is an uncertainty");
        scores.push_back({std::move(current), score_rows(*measure, probs)});
    }
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
