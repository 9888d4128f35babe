#pragma once

#include "scoring/lanes.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

namespace trommel::scoring {

/// How a float of this width is made of bits.
template <typename T>
struct FloatLayout {
    using Word =
        std::conditional_t<sizeof(T) == sizeof(std::uint32_t), std::uint32_t, std::uint64_t>;
    static constexpr int fraction_bits = std::numeric_limits<T>::digits - 1;
    static constexpr Word fraction = (Word{1} << fraction_bits) - 1;
    static constexpr Word bias = std::numeric_limits<T>::max_exponent - 1;
    static constexpr Word root_half = std::bit_cast<Word>(static_cast<T>(std::numbers::sqrt2 / 2));
    /// A number whose last bit is worth 1: its fraction is an integer.
    static constexpr T whole = static_cast<T>(Word{1} << fraction_bits);
};

/// p log2 p of every number of a register; 0 of one that is 0, negative or not normal (below 1e-38
/// and 1e-308: numpy adds 1e-36 and 1e-305 at most for those); NaN of NaN. Within 3 units in the
/// last place.
///
/// p = 2^e m with m in [sqrt 1/2, sqrt 2), and log2 m = 2 artanh(s) / ln 2 with s = (m - 1) / (m +
/// 1), by its series 2 / ln 2 * (s + s^3 / 3 + s^5 / 5 …) up to where the rest is below the last
/// bit.
template <typename T, typename V>
TROMMEL_INLINE void p_log2_p(V& term, const V& p) {
    using F = FloatLayout<T>;
    using Words [[gnu::vector_size(sizeof(V))]] = typename F::Word;
    constexpr int terms = sizeof(T) == sizeof(float) ? 5 : 11;
    const Words shifted =
        reinterpret_cast<Words>(p) + ((F::bias << F::fraction_bits) - F::root_half);
    const Words exponent =
        (shifted >> F::fraction_bits) | std::bit_cast<typename F::Word>(F::whole);
    const V m = reinterpret_cast<V>((shifted & F::fraction) + F::root_half);
    const V e = reinterpret_cast<V>(exponent) - (F::whole + static_cast<T>(F::bias));
    const V s = (m - 1) / (m + 1);
    const V square = s * s;
    V series = V{} + static_cast<T>(2 * std::numbers::log2e / (2 * terms - 1));
#pragma GCC unroll 16
    for (int k = terms - 2; k >= 0; --k)
        series = series * square + static_cast<T>(2 * std::numbers::log2e / (2 * k + 1));
    const V none{};
    term = p * (p >= std::numeric_limits<T>::min() ? e + s * series : none);
}

}  // namespace trommel::scoring
