#include "trommel/scoring/uncertainty.hpp"

#include "scoring/arithmetic.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace trommel::scoring {
namespace {

template <typename T>
T measure_of(Uncertainty measure, std::span<const T> probs) {
    switch (measure) {
        case Uncertainty::least_confidence:
            return least_confidence(probs);
        case Uncertainty::margin:
            return margin(probs);
        case Uncertainty::ratio:
            return ratio(probs);
        case Uncertainty::entropy:
            break;
    }
    return entropy(probs);
}

/// measure_of with the rule for one column.
template <typename T>
T measure_of_row(Uncertainty measure, std::span<const T> probs) {
    if (probs.size() != 1) return measure_of(measure, probs);
    const std::array<T, 2> both{probs[0], 1 - probs[0]};
    return measure_of<T>(measure, both);
}

}  // namespace

NormalizedUncertainty::NormalizedUncertainty(Uncertainty measure, std::size_t classes)
    : measure_(measure) {
    if (classes == 0) throw DataError("a sample has no class probabilities; give at least one");
    const std::size_t columns = std::max<std::size_t>(classes, 2);
    std::vector<double> certain(columns, 0.0);
    certain[0] = 1;
    const std::vector<double> uniform(columns, 1 / static_cast<double>(columns));
    low_ = measure_of<double>(measure, certain);
    high_ = measure_of<double>(measure, uniform);
}

double NormalizedUncertainty::operator()(std::span<const double> probs) const {
    return normalize(measure_of_row(measure_, probs));
}

double NormalizedUncertainty::operator()(std::span<const float> probs) const {
    return normalize(measure_of_row(measure_, probs));
}

double NormalizedUncertainty::normalize(double raw) const {
    return interpolate(finite(raw), {low_, high_}, {0, 1});
}

}  // namespace trommel::scoring
