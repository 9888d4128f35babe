// Whether predictions are probabilities: Lightly does not ask, and scores anything.
#pragma once

#include "trommel/core/matrix.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace trommel::scoring {

/// How far from 1 a row may sum: single-precision softmax over many classes stays well within it,
/// logits and percentages do not.
inline constexpr double sum_tolerance = 1e-3;

/// A row that is not a distribution over classes, and why.
struct BadRow {
    std::size_t row = 0;
    std::string
        reason{};  ///< for people: what is wrong and what would do, no capital, no full stop
};

/// Why `probs` is not a distribution (NaN, negative, above 1 or summing to something else), or
/// nothing if it is one. A single value p means p, 1 - p, so it need only lie in [0, 1].
std::optional<std::string> probability_fault(std::span<const double> probs,
                                             double tolerance = sum_tolerance);

/// The first bad row of `probs` (samples, classes), or nothing if all are good.
std::optional<BadRow> check_probabilities(const Probabilities& probs,
                                          double tolerance = sum_tolerance);

}  // namespace trommel::scoring
