// Eight numbers at a time, in the vector types of GCC and Clang: one source for every instruction
// set.
//
// Eight, whatever the machine has, because numpy adds in eight accumulators: the lanes are those,
// so that sums are equal to the last bit. `width` is how many bytes a register has; wider lanes are
// two halves, because GCC takes vectors that have no register apart number by number. Everything is
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

/// Lane i is from[i * stride].
template <typename L>
TROMMEL_INLINE void load_strided(L& lanes, const typename L::Number* from, std::size_t stride) {
    if constexpr (is_register<L>) {
        [&]<std::size_t... i>(std::index_sequence<i...>) TROMMEL_INLINE_LAMBDA {
            lanes.v = typename L::Register{from[i * stride]...};
        }
        (std::make_index_sequence<size_of<L>>());
    } else {
        load_strided(lanes.low, from, stride);
        load_strided(lanes.high, from + stride * (size_of<L> / 2), stride);
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

template <typename L>
TROMMEL_INLINE void store(typename L::Number* to, const L& lanes) {
    std::memcpy(to, &lanes, sizeof lanes);
}

/// All lanes alike; not for -0, which becomes 0.
template <typename L>
TROMMEL_INLINE void fill(L& lanes, typename L::Number value) {
    each([=](auto& v) TROMMEL_INLINE_LAMBDA { v = std::remove_reference_t<decltype(v)>{} + value; },
         lanes);
}

template <typename L>
TROMMEL_INLINE typename L::Number first_of(const L& lanes) {
    if constexpr (is_register<L>)
        return lanes.v[0];
    else
        return first_of(lanes.low);
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

/// Each lane from the one `distance` (1, 2 or 4) places away: i from i xor distance.
template <std::size_t distance, typename L>
TROMMEL_INLINE void swap_lanes(L& out, const L& in) {
    if constexpr (is_register<L>) {
        [&]<std::size_t... i>(std::index_sequence<i...>) TROMMEL_INLINE_LAMBDA {
            out.v = __builtin_shufflevector(in.v, in.v, static_cast<int>(i ^ distance)...);
        }
        (std::make_index_sequence<size_of<L>>());
    } else if constexpr (distance == size_of<L> / 2) {
        out.low = in.high;
        out.high = in.low;
    } else {
        swap_lanes<distance>(out.low, in.low);
        swap_lanes<distance>(out.high, in.high);
    }
}

/// Folds `lanes` with `merge(lanes, swapped)` until every lane holds the result for all of them,
/// neighbours first: of sums this is ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)).
template <typename L, typename Merge>
TROMMEL_INLINE void fold(L& lanes, const Merge& merge) {
    L other;
    swap_lanes<1>(other, lanes);
    merge(lanes, other);
    swap_lanes<2>(other, lanes);
    merge(lanes, other);
    swap_lanes<4>(other, lanes);
    merge(lanes, other);
}

/// One step of a transposition: swaps, of the lanes in pairs of places `distance` apart, the upper
/// of `a` with the lower of `b`.
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

/// Eight times eight numbers: row i of `rows` becomes column i.
template <typename L>
TROMMEL_INLINE void transpose(L (&rows)[lane_count]) {
    exchange<1>(rows[0], rows[1]), exchange<1>(rows[2], rows[3]);
    exchange<1>(rows[4], rows[5]), exchange<1>(rows[6], rows[7]);
    exchange<2>(rows[0], rows[2]), exchange<2>(rows[1], rows[3]);
    exchange<2>(rows[4], rows[6]), exchange<2>(rows[5], rows[7]);
    exchange<4>(rows[0], rows[4]), exchange<4>(rows[1], rows[5]);
    exchange<4>(rows[2], rows[6]), exchange<4>(rows[3], rows[7]);
}

}  // namespace trommel::scoring
