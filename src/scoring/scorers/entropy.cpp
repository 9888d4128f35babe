#include "scoring/arithmetic.hpp"
#include "trommel/scoring/score_type.hpp"

namespace trommel::scoring {
namespace {

template <typename T>
T entropy_of(std::span<const T> probs) {
    const auto term = [&](std::size_t i) {
        const T p = probs[i];
        return p * (p > 0 ? std::log2(p) : T{0});
    };
    return -pairwise_sum(0, probs.size(), term);
}

}  // namespace

double entropy(std::span<const double> probs) { return entropy_of(probs); }
float entropy(std::span<const float> probs) { return entropy_of(probs); }

std::vector<ScoreType> entropy_score() {
    return of_rows({.name = "uncertainty_entropy",
                    .alias = "prediction-entropy",
                    .range = "[0, 1]",
                    .paper = "Settles & Craven, EMNLP 2008",
                    .is_lightlys = true,
                    .kernel = OfClasses{Uncertainty::entropy}});
}

}  // namespace trommel::scoring
