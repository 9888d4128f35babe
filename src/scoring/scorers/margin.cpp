#include "scoring/top_two.hpp"
#include "trommel/scoring/score_type.hpp"

namespace trommel::scoring {
namespace {

template <typename T>
T margin_of(std::span<const T> probs) {
    const auto top = top_two(probs);
    return 1 - (top.first - top.second);
}

}  // namespace

double margin(std::span<const double> probs) { return margin_of(probs); }
float margin(std::span<const float> probs) { return margin_of(probs); }

std::vector<ScoreType> margin_score() {
    return of_rows({.name = "uncertainty_margin",
                    .range = "[0, 1]",
                    .paper = "Scheffer et al., IDA 2001",
                    .is_lightlys = true,
                    .kernel = OfClasses{Uncertainty::margin}});
}

}  // namespace trommel::scoring
