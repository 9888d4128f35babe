// What is found of rows while their values are looked at, a row a lane.
//
// A comparison appears where it chooses between two, as the larger or the lower, or not at all: one
// whose result is kept, GCC 12 makes number by number in registers of 64 bytes.
#pragma once

#include "scoring/lanes.hpp"
#include "scoring/row_kernels.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

namespace trommel::scoring {

template <typename V>
TROMMEL_INLINE void keep_larger(V& a, const V& b) {
    a = b > a ? b : a;
}
template <typename V>
TROMMEL_INLINE void keep_lower(V& a, const V& b) {
    a = b < a ? b : a;
}

/// What is found of the values seen, lane by lane.
template <typename L>
struct RowFindings {
    using T = typename L::Number;

    TROMMEL_INLINE void begin() {
        fill(largest, -std::numeric_limits<T>::infinity());
        second = largest;
        fill(sum, T{0});
        fill(lowest, std::numeric_limits<T>::infinity());
    }

    TROMMEL_INLINE void look_at(const L& x) {
        each(
            [](auto& first, auto& next, auto& low, auto& total, const auto& v)
                TROMMEL_INLINE_LAMBDA {
                    auto lesser = v;
                    keep_lower(lesser, first);
                    keep_larger(next, lesser);
                    // Not keep_larger, which would share the comparison of keep_lower and so cost
                    // two blends; they differ where v is NaN, and spread_nan looks after that.
                    first = first > v ? first : v;
                    keep_lower(low, v);
                    total += v;
                },
            largest,
            second,
            lowest,
            sum,
            x);
    }

    /// Makes NaN of the largest two where a value is.
    TROMMEL_INLINE void spread_nan() {
        each(
            [](auto& first, auto& next, const auto& total) TROMMEL_INLINE_LAMBDA {
                const auto least =
                    std::remove_reference_t<decltype(first)>{} - std::numeric_limits<T>::infinity();
                const auto nan_or_least = least < total ? least : total;
                first = first > nan_or_least ? first : nan_or_least;
                next = next > nan_or_least ? next : nan_or_least;
            },
            largest,
            second,
            sum);
    }

    /// Makes NaN of the entropy where a value is minus infinity: numpy has zero times that.
    TROMMEL_INLINE void spread_infinity(L& entropy) const {
        each(
            [](auto& total, const auto& low) TROMMEL_INLINE_LAMBDA {
                const auto none = std::remove_reference_t<decltype(total)>{};
                auto negative = none;
                keep_lower(negative, low);
                total += none * negative;
            },
            entropy,
            lowest);
    }

    L largest;
    L second;
    L sum;
    L lowest;
};

/// The worst seen of what makes a distribution of a row.
template <typename L>
struct WorstRow {
    using T = typename L::Number;

    TROMMEL_INLINE void begin() {
        fill(lowest, std::numeric_limits<T>::infinity());
        least_sum = lowest;
        fill(greatest_sum, -std::numeric_limits<T>::infinity());
        fill(all, T{0});
    }

    TROMMEL_INLINE void look_at(const RowFindings<L>& row) {
        each(
            [](auto& low, auto& least, auto& greatest, auto& total, const auto& v, const auto& t)
                TROMMEL_INLINE_LAMBDA {
                    keep_lower(low, v);
                    keep_lower(least, t);
                    keep_larger(greatest, t);
                    total += t;
                },
            lowest,
            least_sum,
            greatest_sum,
            all,
            row.lowest,
            row.sum);
    }

    /// Whether every row plainly is one.
    TROMMEL_INLINE bool is_distribution() const {
        bool is_fine = true;
        for_numbers(lowest, [&](T low) { is_fine = is_fine && low >= 0; });
        for_numbers(least_sum, [&](T sum) { is_fine = is_fine && sum >= 1 - T{sum_doubt}; });
        for_numbers(greatest_sum, [&](T sum) { is_fine = is_fine && sum <= 1 + T{sum_doubt}; });
        for_numbers(all, [&](T sum) { is_fine = is_fine && !std::isnan(sum); });
        return is_fine;
    }

    L lowest;
    L least_sum;
    L greatest_sum;
    L all;  ///< NaN if one is: nothing is lower or larger than that
};

}  // namespace trommel::scoring
