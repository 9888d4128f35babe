#include "scoring/top_two.hpp"
#include "trommel/scoring/score_type.hpp"

namespace trommel::scoring {
namespace {

template <typename T>
T ratio_of(std::span<const T> probs) {
    const auto top = top_two(probs);
    return top.second / top.first;
}

}  // namespace

double ratio(std::span<const double> probs) { return ratio_of(probs); }
float ratio(std::span<const float> probs) { return ratio_of(probs); }

std::vector<ScoreType> ratio_score() {
    return of_rows({.name = "uncertainty_ratio",
                    .range = "[0, 1]",
                    .paper = "as in pyrelational",
                    .kernel = OfClasses{Uncertainty::ratio}});
}

}  // namespace trommel::scoring
