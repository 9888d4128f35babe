#include "trommel/learning/summary.hpp"

#include "trommel/core/error.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace trommel::learning {
namespace {

constexpr double confidence = 0.95;

void require_numbers(std::span<const double> numbers) {
    if (numbers.empty()) throw DataError("a summary needs at least one number");
    if (!std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); }))
        throw DataError("a summary of numbers of which one is not finite");
}

double mean_of(std::span<const double> numbers) {
    double sum = 0;
    for (const double x : numbers) sum += x;
    return sum / static_cast<double>(numbers.size());
}

double deviation_of(std::span<const double> numbers, double mean) {
    double squares = 0;
    for (const double x : numbers) squares += (x - mean) * (x - mean);
    return std::sqrt(squares / static_cast<double>(numbers.size() - 1));
}

}  // namespace

Summary summarize(std::span<const double> numbers) {
    require_numbers(numbers);
    const std::size_t count = numbers.size();
    const double first = numbers.front();
    Summary summary{.count = count, .mean = first, .deviation = 0, .margin = {}};
    if (count > 1) summary.margin = 0;
    // The mean of equal numbers need not round to that number.
    if (std::ranges::all_of(numbers, [&](double x) { return x == first; })) return summary;

    summary.mean = mean_of(numbers);
    summary.deviation = deviation_of(numbers, summary.mean);
    const boost::math::students_t t(static_cast<double>(count - 1));
    summary.margin = boost::math::quantile(t, (1 + confidence) / 2) * summary.deviation /
                     std::sqrt(static_cast<double>(count));
    return summary;
}

std::optional<double> median(std::span<const std::optional<double>> numbers) {
    if (numbers.empty()) return std::nullopt;
    std::vector<double> sorted;
    for (const auto& number : numbers)
        sorted.push_back(number.value_or(std::numeric_limits<double>::infinity()));
    std::ranges::sort(sorted);
    const double high = sorted[sorted.size() / 2];
    const double low = sorted[(sorted.size() - 1) / 2];
    if (!std::isfinite(high)) return std::nullopt;
    return low + (high - low) / 2;
}

}  // namespace trommel::learning
