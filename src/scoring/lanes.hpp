// Eight numbers at a time, or sixteen where a register holds so many, in the vector types of GCC
// and Clang: one source for every instruction set.
//
// Eight at least, because numpy adds in eight accumulators, and blocks of eight rows and eight
// columns are transposed at once. `width` is how many bytes a register has; wider lanes are two
// halves, because GCC takes vectors that have no register apart number by number. Everything is
// inlined, for how a vector is passed depends on the instruction set.
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

#define TROMMEL_INLINE __attribute__((always_inline)) inline
#define TROMMEL_INLINE_LAMBDA __attribute__((always_inline))
#define TROMMEL_AVX2 [[gnu::target("avx2")]]
#define TROMMEL_AVX512 [[gnu::target("avx2,avx512f,avx512vl,avx512dq,avx512bw")]]

namespace trommel::scoring {

inline constexpr std::size_t lane_count = 8;

/// `n` numbers: a register, or two halves.
template <typename T,
          std::size_t width,
          std::size_t n = lane_count,
          bool is_register = (n * sizeof(T) <= width)>
struct Lanes;

template <typename T, std::size_t width, std::size_t n>
struct Lanes<T, width, n, true> {
    using Number = T;
    using Register [[gnu::vector_size(n * sizeof(T))]] = T;
    Register v;
};

template <typename T, std::size_t width, std::size_t n>
struct Lanes<T, width, n, false> {
    using Number = T;
    using Half = Lanes<T, width, n / 2>;
    Half low;
    Half high;
};

template <typename L>
inline constexpr bool is_register = false;
template <typename T, std::size_t width, std::size_t n>
inline constexpr bool is_register<Lanes<T, width, n, true>> = true;

template <typename L>
inline constexpr std::size_t size_of = 0;
template <typename T, std::size_t width, std::size_t n, bool leaf>
inline constexpr std::size_t size_of<Lanes<T, width, n, leaf>> = n;

/// Not std::array, whose functions are not always inlined.
template <typename L, std::size_t count = lane_count>
using Several = L[count];  // NOLINT(modernize-avoid-c-arrays)

/// Calls `work` with the registers of all of `lanes`, side by side.
template <typename Work, typename First, typename... Rest>
TROMMEL_INLINE void each(const Work& work, First& first, Rest&... rest) {
    if constexpr (is_register<std::remove_const_t<First>>) {
        work(first.v, rest.v...);
    } else {
        each(work, first.low, rest.low...);
        each(work, first.high, rest.high...);
    }
}

/// Lane i is values[rows[i]].
template <typename L>
TROMMEL_INLINE void load_column(L& lanes,
                                const typename L::Number* values,
                                const std::size_t* rows) {
    if constexpr (is_register<L>) {
        [&]<std::size_t... i>(std::index_sequence<i...>) TROMMEL_INLINE_LAMBDA {
            lanes.v = typename L::Register{values[rows[i]]...};
        }
        (std::make_index_sequence<size_of<L>>());
    } else {
        load_column(lanes.low, values, rows);
        load_column(lanes.high, values, rows + size_of<L> / 2);
    }
}

template <typename L>
TROMMEL_INLINE void load(L& lanes, const typename L::Number* from) {
    if constexpr (is_register<L>) {
        std::memcpy(&lanes.v, from, sizeof lanes.v);
    } else {
        load(lanes.low, from);
        load(lanes.high, from + size_of<L> / 2);
    }
}

/// The first `count` lanes.
template <typename L>
TROMMEL_INLINE void store(typename L::Number* to, const L& lanes, std::size_t count) {
    if (count == size_of<L>)
        std::memcpy(to, &lanes, sizeof lanes);
    else
        std::memcpy(to, &lanes, count * sizeof(typename L::Number));
}

/// Calls `work` with one number after the other: not for where it is to be fast.
template <typename L, typename Work>
TROMMEL_INLINE void for_numbers(const L& lanes, const Work& work) {
    typename L::Number numbers[size_of<L>];  // NOLINT(modernize-avoid-c-arrays): see Several
    store(numbers, lanes, size_of<L>);
    for (const auto number : numbers) work(number);
}

/// All lanes alike; not for -0, which becomes 0.
template <typename L>
TROMMEL_INLINE void fill(L& lanes, typename L::Number value) {
    each([=](auto& v) TROMMEL_INLINE_LAMBDA { v = std::remove_reference_t<decltype(v)>{} + value; },
         lanes);
}

/// The same numbers in double precision.
template <typename Wide, typename L>
TROMMEL_INLINE void widen(Wide& wide, const L& lanes) {
    constexpr std::size_t half = size_of<L> / 2;
    if constexpr (std::is_same_v<Wide, L>) {
        wide = lanes;
    } else if constexpr (is_register<Wide>) {
        wide.v = __builtin_convertvector(lanes.v, typename Wide::Register);
    } else if constexpr (is_register<L>) {
        using Half [[gnu::vector_size(half * sizeof(float))]] = float;
        Half low;
        Half high;
        std::memcpy(&low, &lanes, sizeof low);
        std::memcpy(&high, reinterpret_cast<const char*>(&lanes) + sizeof low, sizeof high);
        wide.low.v = __builtin_convertvector(low, typename decltype(wide.low)::Register);
        wide.high.v = __builtin_convertvector(high, typename decltype(wide.high)::Register);
    } else {
        widen(wide.low, lanes.low);
        widen(wide.high, lanes.high);
    }
}

/// Deals the lanes of each 16 bytes of `a` and then `b` to both by turns: of four, a0 a2 b0 b2 and
/// a1 a3 b1 b3. One instruction each, unlike `exchange` within 16 bytes.
template <typename L>
TROMMEL_INLINE void deal(L& a, L& b) {
    if constexpr (is_register<L>) {
        constexpr std::size_t n = size_of<L>;
        constexpr std::size_t few = 16 / sizeof(typename L::Number);
        constexpr auto source = [](std::size_t i) {
            const std::size_t begin = i / few * few;
            const std::size_t place = 2 * (i % few);
            return static_cast<int>(place < few ? begin + place : n + begin + place - few);
        };
        [&]<std::size_t... i>(std::index_sequence<i...>) TROMMEL_INLINE_LAMBDA {
            const auto evens = __builtin_shufflevector(a.v, b.v, source(i)...);
            b.v = __builtin_shufflevector(a.v, b.v, (source(i) + 1)...);
            a.v = evens;
        }
        (std::make_index_sequence<n>());
    } else {
        deal(a.low, b.low);
        deal(a.high, b.high);
    }
}

/// Swaps, of the lanes in pairs of places `distance` apart, the upper of `a` with the lower of `b`.
template <std::size_t distance, typename L>
TROMMEL_INLINE void exchange(L& a, L& b) {
    if constexpr (is_register<L>) {
        constexpr std::size_t n = size_of<L>;
        [&]<std::size_t... i>(std::index_sequence<i...>) TROMMEL_INLINE_LAMBDA {
            const auto low = __builtin_shufflevector(
                a.v, b.v, static_cast<int>((i & distance) == 0 ? i : n + (i ^ distance))...);
            b.v = __builtin_shufflevector(
                a.v, b.v, static_cast<int>((i & distance) == 0 ? (i ^ distance) : n + i)...);
            a.v = low;
        }
        (std::make_index_sequence<n>());
    } else if constexpr (distance == size_of<L> / 2) {
        std::swap(a.high, b.low);
    } else {
        exchange<distance>(a.low, b.low);
        exchange<distance>(a.high, b.high);
    }
}

template <std::size_t distance, typename L>
TROMMEL_INLINE void transpose_step(Several<L>& rows) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < lane_count; ++i) {
        if ((i & distance) != 0) continue;
        if constexpr (distance * sizeof(typename L::Number) < 16)
            deal(rows[i], rows[i + distance]);
        else
            exchange<distance>(rows[i], rows[i + distance]);
    }
}

/// Eight times eight numbers, or two such: row i of `rows` becomes column i.
template <typename L>
TROMMEL_INLINE void transpose(Several<L>& rows) {
    transpose_step<1>(rows);
    transpose_step<2>(rows);
    transpose_step<4>(rows);
}

/// `low` and then `high`.
template <typename L, typename Half>
TROMMEL_INLINE void join(L& lanes, const Half& low, const Half& high) {
    [&]<std::size_t... i>(std::index_sequence<i...>) TROMMEL_INLINE_LAMBDA {
        lanes.v = __builtin_shufflevector(low.v, high.v, static_cast<int>(i)...);
    }
    (std::make_index_sequence<size_of<L>>());
}

/// Eight columns: lane r of columns[i] is values[rows[r] + i].
template <typename L>
TROMMEL_INLINE void load_columns(Several<L>& columns,
                                 const typename L::Number* values,
                                 const std::size_t* rows) {
    static_assert(size_of<L> == lane_count || size_of<L> == 2 * lane_count);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < lane_count; ++i) {
        if constexpr (size_of<L> == lane_count) {
            load(columns[i], values + rows[i]);
        } else {
            Lanes<typename L::Number, lane_count * sizeof(typename L::Number)> low;
            Lanes<typename L::Number, lane_count * sizeof(typename L::Number)> high;
            load(low, values + rows[i]);
            load(high, values + rows[i + lane_count]);
            join(columns[i], low, high);
        }
    }
    transpose(columns);
}

}  // namespace trommel::scoring
