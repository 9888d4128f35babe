#include "trommel/learning/paired_test.hpp"

#include "trommel/core/error.hpp"
#include "trommel/learning/summary.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trommel::learning {
namespace {

/// What of the largest number is rounding.
constexpr double rounding = 1e-12;

double largest(std::span<const double> numbers) {
    double most = 0;
    for (const double x : numbers) {
        if (!std::isfinite(x)) throw DataError("a pair of which one number is not finite");
        most = std::max(most, std::abs(x));
    }
    return most;
}

/// Twice the rank of each number's size, from 1, equal sizes sharing their mean rank: whole
/// numbers.
std::vector<std::size_t> doubled_ranks(std::span<const double> numbers) {
    const auto smaller = [&](std::size_t i, std::size_t j) {
        return std::abs(numbers[i]) < std::abs(numbers[j]);
    };
    std::vector<std::size_t> order(numbers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, smaller);
    std::vector<std::size_t> ranks(numbers.size());
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && !smaller(order[begin], order[end])) ++end;
        for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = begin + 1 + end;
    }
    return ranks;
}

/// The probability of each sum of those `ranks` that a fair coin picks.
std::vector<double> sum_distribution(const std::vector<std::size_t>& ranks) {
    std::vector<double> probability{1};
    for (const std::size_t rank : ranks) {
        std::vector<double> next(probability.size() + rank, 0);
        for (std::size_t sum = 0; sum < probability.size(); ++sum) {
            next[sum] += probability[sum] / 2;
            next[sum + rank] += probability[sum] / 2;
        }
        probability = std::move(next);
    }
    return probability;
}

/// The positions of those that have a p-value, least first.
std::vector<std::size_t> by_size(std::span<const std::optional<double>> p_values) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p_values.size(); ++i)
        if (p_values[i]) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return *p_values[i]; });
    return order;
}

}  // namespace

std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b) {
    if (a.size() != b.size())
        throw DataError(fmt::format("pairs of {} and {} numbers", a.size(), b.size()));
    const double grain = rounding * std::max(largest(a), largest(b));
    std::vector<double> differences;
    for (std::size_t i = 0; i < a.size(); ++i)
        differences.push_back(grain > 0 ? std::round((a[i] - b[i]) / grain) * grain : 0);
    return differences;
}

WinTieLoss count_wins(std::span<const double> differences) {
    WinTieLoss record;
    for (const double difference : differences) {
        if (difference > 0) ++record.wins;
        if (difference == 0) ++record.ties;
        if (difference < 0) ++record.losses;
    }
    return record;
}

std::optional<double> paired_t_test(std::span<const double> differences) {
    if (differences.size() < 2) return std::nullopt;
    const Summary summary = summarize(differences);
    if (summary.deviation == 0) return summary.mean == 0 ? std::optional<double>(1) : std::nullopt;
    const auto count = static_cast<double>(differences.size());
    const double t = std::abs(summary.mean) / (summary.deviation / std::sqrt(count));
    const boost::math::students_t student(count - 1);
    return 2 * boost::math::cdf(boost::math::complement(student, t));
}

std::optional<double> wilcoxon_signed_rank(std::span<const double> differences) {
    if (differences.empty()) return std::nullopt;
    const auto ranks = doubled_ranks(differences);
    std::vector<std::size_t> counted;
    std::size_t positive = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        if (differences[i] != 0) counted.push_back(ranks[i]);
        if (differences[i] > 0) positive += ranks[i];
    }
    const auto probability = sum_distribution(counted);
    const auto at = probability.begin() + static_cast<std::ptrdiff_t>(positive);
    const double at_most = std::accumulate(probability.begin(), at + 1, 0.0);
    const double at_least = std::accumulate(at, probability.end(), 0.0);
    return std::min(1.0, 2 * std::min(at_most, at_least));
}

std::vector<std::optional<double>> holm(std::span<const std::optional<double>> p_values) {
    std::vector<std::optional<double>> corrected(p_values.size());
    const auto order = by_size(p_values);
    double least = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto factor = static_cast<double>(order.size() - i);
        least = std::max(least, std::min(1.0, factor * *p_values[order[i]]));
        corrected[order[i]] = least;
    }
    return corrected;
}

}  // namespace trommel::learning
