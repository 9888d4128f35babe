#include "trommel/scoring/probabilities.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace trommel::scoring {
namespace {

std::optional<std::string> value_fault(std::size_t column, double p, double tolerance) {
    if (std::isnan(p)) return fmt::format("the probability of class {} is not a number", column);
    if (p >= 0 && p <= 1 + tolerance) return std::nullopt;
    return fmt::format(
        "the probability of class {} is {}, which is {}; give probabilities in 0..1, such as the "
        "softmax of a model's logits",
        column,
        shortest(p),
        p < 0 ? "negative" : "above 1");
}

}  // namespace

std::optional<std::string> probability_fault(std::span<const double> probs, double tolerance) {
    if (probs.empty()) return "it has no class probabilities; give at least one";
    double sum = 0;
    for (std::size_t column = 0; column < probs.size(); ++column) {
        if (auto fault = value_fault(column, probs[column], tolerance)) return fault;
        sum += probs[column];
    }
    if (probs.size() == 1 || std::abs(sum - 1) <= tolerance) return std::nullopt;
    return fmt::format(
        "its {} probabilities sum to {:.6g}, not to 1 within {}; divide each by their sum",
        probs.size(),
        sum,
        shortest(tolerance));
}

std::optional<BadRow> check_probabilities(const Probabilities& probs, double tolerance) {
    for (std::size_t row = 0; row < probs.rows(); ++row) {
        auto fault = probability_fault(probs.row(row), tolerance);
        if (fault) return BadRow{row, *std::move(fault)};
    }
    return std::nullopt;
}

}  // namespace trommel::scoring
