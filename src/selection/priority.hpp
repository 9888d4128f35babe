#pragma once

#include <cmath>
#include <limits>
#include <span>

namespace trommel::selection {

/// How much a candidate is worth: never more when its distance to the nearest centre shrinks, so
/// that an upper bound of the distance bounds it.
struct Priority {
    enum class Kind {
        distance,            ///< the squared distance
        product,             ///< the squared distance times the weight, at least 0
        sum,                 ///< strength times the distance, plus the weight
        cumulative_product,  ///< see product_of_sums
    };

    Kind kind = Kind::distance;
    std::span<const double> weights{};  ///< (candidates), finite; empty for Kind::distance
    double strength = 1;                ///< of the distance, above 0
    double weight_strength = 1;         ///< in Kind::cumulative_product
    double distances_before = 0;        ///< likewise: their sum over the picks so far
    double weights_before = 0;          ///< likewise

    /// Below every worth: of candidates that are chosen already.
    static constexpr double none = -std::numeric_limits<double>::infinity();

    double operator()(std::size_t place, float squared) const {
        if (squared < 0) return none;
        const auto square = static_cast<double>(squared);
        if (kind == Kind::distance) return square;
        if (kind == Kind::product) return square * weights[place];
        if (kind == Kind::sum) return strength * std::sqrt(square) + weights[place];
        return product_of_sums(std::sqrt(square), weights[place]);
    }

    /// (distances so far + distance)^strength * (weights so far + weight)^(its strength).
    double product_of_sums(double distance, double weight) const {
        const double distances = distances_before + distance;
        const double sum = weights_before + weight;
        if (strength == 1 && weight_strength == 1) return distances * sum;
        return std::pow(distances, strength) * std::pow(sum, weight_strength);
    }
};

}  // namespace trommel::selection
