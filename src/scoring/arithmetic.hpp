// The arithmetic of numpy that Lightly's scores are defined in, so that ours equal them to the
// last bit (but for log2, where numpy and the C library may differ in it).
//
// Compiled without contraction to fused multiply-adds.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace trommel::scoring {

/// Two numbers, low <= high.
struct Interval {
    double low = 0;
    double high = 1;
};

/// Maps `from` linearly to `to` at `x` and holds the ends outside; numpy.interp with two points.
/// Where `from` is a single number, that number maps to the high end.
inline double interpolate(double x, Interval from, Interval to) {
    if (x < from.low) return to.low;
    if (x >= from.high) return to.high;
    if (x == from.low) return to.low;
    return ((to.high - to.low) / (from.high - from.low)) * (x - from.low) + to.low;
}

/// numpy.nan_to_num: NaN is 0, an infinity the largest finite number of its sign.
inline double finite(double x) {
    constexpr double largest = std::numeric_limits<double>::max();
    return std::isnan(x) ? 0 : std::clamp(x, -largest, largest);
}

/// The sum of term(first) … term(first + count - 1) in numpy's pairwise order: one after the other
/// below 8, eight accumulators up to 128, else halves that begin at a multiple of 8.
template <typename Term>
auto pairwise_sum(std::size_t first, std::size_t count, const Term& term) -> decltype(term(first)) {
    if (count > 128) {
        const std::size_t half = count / 2 - (count / 2) % 8;
        return pairwise_sum(first, half, term) + pairwise_sum(first + half, count - half, term);
    }
    const std::size_t end = first + count;
    std::size_t i = first;
    decltype(term(first)) sum = 0;
    if (count >= 8) {
        std::array<decltype(term(first)), 8> r;
        for (std::size_t lane = 0; lane < 8; ++lane) r[lane] = term(first + lane);
        for (i = first + 8; i + 8 <= end; i += 8) {
            for (std::size_t lane = 0; lane < 8; ++lane) r[lane] += term(i + lane);
        }
        sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    }
    for (; i < end; ++i) sum += term(i);
    return sum;
}

/// numpy.mean of at least one value.
inline double mean(std::span<const double> values) {
    const auto value = [&](std::size_t i) { return values[i]; };
    return pairwise_sum(0, values.size(), value) / static_cast<double>(values.size());
}

}  // namespace trommel::scoring
