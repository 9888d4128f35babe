#pragma once

#include "scoring/lanes.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <type_traits>

namespace trommel::scoring {

/// How a float of this width is made of bits, and how its logarithm is approached.
template <typename T>
struct FloatLayout;

template <>
struct FloatLayout<float> {
    using Word = std::int32_t;
    static constexpr int fraction_bits = 23;

    /// c0 + c1 s^2 + c2 s^4 … for 2 artanh(s) / (s ln 2), |s| <= tan(pi / 8)^2: the polynomial of
    /// least relative error, 7e-10.
    static constexpr std::array artanh{2.88539008F, 0.961798848F, 0.576714383F, 0.431735897F};

    /// The exponent that appears above the fraction.
    template <typename V, typename Words>
    static TROMMEL_INLINE void exponent(V& e, const Words& bits) {
        e = __builtin_convertvector(bits >> fraction_bits, V);
    }
};

template <>
struct FloatLayout<double> {
    using Word = std::int64_t;
    static constexpr int fraction_bits = 52;

    /// The same by its series, 2 / ((2k + 1) ln 2): the rest is below the last bit.
    static constexpr std::array<double, 11> artanh = [] {
        std::array<double, 11> factors{};
        for (std::size_t k = 0; k < factors.size(); ++k)
            factors[k] = 2 * std::numbers::log2e / static_cast<double>(2 * k + 1);
        return factors;
    }();

    /// As AVX2 neither shifts signed words nor converts them, the exponent, made positive, becomes
    /// the fraction of a number whose last bit is worth 1.
    template <typename V, typename Words>
    static TROMMEL_INLINE void exponent(V& e, const Words& bits) {
        using Unsigned [[gnu::vector_size(sizeof(V))]] = std::uint64_t;
        constexpr std::uint64_t bias = 1 << 10;
        constexpr double whole = 0x1p52;
        const Unsigned raised = reinterpret_cast<Unsigned>(bits) + (bias << fraction_bits);
        e = reinterpret_cast<V>((raised >> fraction_bits) | std::bit_cast<std::uint64_t>(whole)) -
            (whole + bias);
    }
};

/// p log2 p of every number of a register; 0 of one that is 0 or negative; NaN of NaN. Within 3
/// units in the last place for normal numbers, off by 1e-36 and 1e-306 at most for smaller ones.
///
/// p = 2^e m with m in [sqrt 1/2, sqrt 2), and log2 m = 2 artanh(s) / ln 2 with s = (m - 1) / (m +
/// 1).
template <typename T, typename V>
TROMMEL_INLINE void p_log2_p(V& term, const V& p) {
    using F = FloatLayout<T>;
    using Word = typename F::Word;
    using Words [[gnu::vector_size(sizeof(V))]] = Word;
    using Wrapping [[gnu::vector_size(sizeof(V))]] = std::make_unsigned_t<Word>;
    constexpr Word fraction = (Word{1} << F::fraction_bits) - 1;
    constexpr Word root_half = std::bit_cast<Word>(static_cast<T>(std::numbers::sqrt2 / 2));
    const V none{};
    const V q = none > p ? none : p;
    const auto above = reinterpret_cast<Words>(reinterpret_cast<Wrapping>(q) - root_half);
    V e{};
    F::exponent(e, above);
    const auto m = reinterpret_cast<V>((above & fraction) + root_half);
    const V s = (m - 1) / (m + 1);
    const V square = s * s;
    V series = none + F::artanh.back();
#pragma GCC unroll 16
    for (int k = static_cast<int>(F::artanh.size()) - 2; k >= 0; --k)
        series = series * square + F::artanh[static_cast<std::size_t>(k)];
    term = q * (e + s * series);
}

}  // namespace trommel::scoring
