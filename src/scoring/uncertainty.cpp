#include "trommel/scoring/uncertainty.hpp"

#include "scoring/arithmetic.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace trommel::scoring {
namespace {

template <typename T>
struct TopTwo {
    T first = -std::numeric_limits<T>::infinity();
    T second = -std::numeric_limits<T>::infinity();
};

/// The two largest values; both NaN if a value is, as numpy's sort puts NaN last.
template <typename T>
TopTwo<T> top_two(std::span<const T> values) {
    TopTwo<T> top;
    for (const T x : values) {
        if (std::isnan(x)) return {x, x};
        top.second = std::max(top.second, std::min(top.first, x));
        top.first = std::max(top.first, x);
    }
    return top;
}

template <typename T>
T least_confidence_of(std::span<const T> probs) {
    return 1 - top_two(probs).first;
}

template <typename T>
T margin_of(std::span<const T> probs) {
    const auto top = top_two(probs);
    return 1 - (top.first - top.second);
}

template <typename T>
T ratio_of(std::span<const T> probs) {
    const auto top = top_two(probs);
    return top.second / top.first;
}

template <typename T>
T entropy_of(std::span<const T> probs) {
    const auto term = [&](std::size_t i) {
        const T p = probs[i];
        return p * (p > 0 ? std::log2(p) : T{0});
    };
    return -pairwise_sum(0, probs.size(), term);
}

template <typename T>
T measure_of(Uncertainty measure, std::span<const T> probs) {
    switch (measure) {
        case Uncertainty::least_confidence:
            return least_confidence_of(probs);
        case Uncertainty::margin:
            return margin_of(probs);
        case Uncertainty::ratio:
            return ratio_of(probs);
        case Uncertainty::entropy:
            break;
    }
    return entropy_of(probs);
}

/// measure_of with the rule for one column.
template <typename T>
T measure_of_row(Uncertainty measure, std::span<const T> probs) {
    if (probs.size() != 1) return measure_of(measure, probs);
    const std::array<T, 2> both{probs[0], 1 - probs[0]};
    return measure_of<T>(measure, both);
}

}  // namespace

double least_confidence(std::span<const double> probs) { return least_confidence_of(probs); }
float least_confidence(std::span<const float> probs) { return least_confidence_of(probs); }
double margin(std::span<const double> probs) { return margin_of(probs); }
float margin(std::span<const float> probs) { return margin_of(probs); }
double entropy(std::span<const double> probs) { return entropy_of(probs); }
float entropy(std::span<const float> probs) { return entropy_of(probs); }
double ratio(std::span<const double> probs) { return ratio_of(probs); }
float ratio(std::span<const float> probs) { return ratio_of(probs); }

std::optional<Uncertainty> find_uncertainty(std::string_view score_name) {
    if (score_name == "uncertainty_least_confidence") return Uncertainty::least_confidence;
    if (score_name == "uncertainty_margin") return Uncertainty::margin;
    if (score_name == "uncertainty_entropy") return Uncertainty::entropy;
    if (score_name == "uncertainty_ratio") return Uncertainty::ratio;
    return std::nullopt;
}

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
