#include "scoring/top_two.hpp"
#include "trommel/scoring/score_type.hpp"

namespace trommel::scoring {
namespace {

template <typename T>
T least_confidence_of(std::span<const T> probs) {
    return 1 - top_two(probs).first;
}

}  // namespace

double least_confidence(std::span<const double> probs) { return least_confidence_of(probs); }
float least_confidence(std::span<const float> probs) { return least_confidence_of(probs); }

std::vector<ScoreType> least_confidence_score() {
    return of_rows({.name = "uncertainty_least_confidence",
                    .alias = "prediction-margin",
                    .range = "[0, 1]",
                    .paper = "Culotta & McCallum, AAAI 2005",
                    .is_lightlys = true,
                    .kernel = OfClasses{Uncertainty::least_confidence}});
}

}  // namespace trommel::scoring
