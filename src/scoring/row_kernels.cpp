#include "scoring/row_kernels.hpp"

#include "scoring/lane_log2.hpp"
#include "scoring/lanes.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace trommel::scoring {
namespace {

/// Rows of up to this many classes are scored eight at a time, a lane each; wider ones one by one.
constexpr std::size_t narrow = 128;
/// A row with more leaves than 2^40 does not exist.
constexpr std::size_t deepest = 40;

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
struct Found {
    using T = typename L::Number;

    TROMMEL_INLINE void begin() {
        fill(largest, -std::numeric_limits<T>::infinity());
        second = largest;
        fill(sum, T{0});
        fill(lowest, std::numeric_limits<T>::infinity());
    }

    /// For the largest two: -infinity changes neither.
    TROMMEL_INLINE void rank(const L& x) {
        each(
            [](auto& first, auto& next, const auto& v) TROMMEL_INLINE_LAMBDA {
                auto lesser = v;
                keep_lower(lesser, first);
                keep_larger(next, lesser);
                keep_larger(first, v);
            },
            largest,
            second,
            x);
    }

    TROMMEL_INLINE void look_at(const L& x) {
        rank(x);
        each([](auto& low, const auto& v) TROMMEL_INLINE_LAMBDA { keep_lower(low, v); }, lowest, x);
        add(sum, x);
    }

    static TROMMEL_INLINE void add(L& to, const L& x) {
        each([](auto& t, const auto& v) TROMMEL_INLINE_LAMBDA { t += v; }, to, x);
    }

    /// Makes every lane that of all.
    TROMMEL_INLINE void fold_all() {
        fold(sum, [](L& a, const L& b) TROMMEL_INLINE_LAMBDA { add(a, b); });
        fold(lowest, [](L& a, const L& b) TROMMEL_INLINE_LAMBDA {
            each([](auto& x, const auto& y) TROMMEL_INLINE_LAMBDA { keep_lower(x, y); }, a, b);
        });
        fold_largest<1>();
        fold_largest<2>();
        fold_largest<4>();
    }

    template <std::size_t distance>
    TROMMEL_INLINE void fold_largest() {
        L others;
        L seconds;
        swap_lanes<distance>(others, largest);
        swap_lanes<distance>(seconds, second);
        rank(others);
        each([](auto& a, const auto& b) TROMMEL_INLINE_LAMBDA { keep_larger(a, b); },
             second,
             seconds);
    }

    /// Makes NaN of the largest two where a value is.
    TROMMEL_INLINE void spread_nan() {
        each(
            [](auto& first, auto& next, const auto& total) TROMMEL_INLINE_LAMBDA {
                const auto is_number = total == total;
                first = is_number ? first : total;
                next = is_number ? next : total;
            },
            largest,
            second,
            sum);
    }

    L largest;
    L second;
    L sum;
    L lowest;
};

template <typename L>
TROMMEL_INLINE void entropy_term(L& term, const L& p) {
    each([](auto& t, const auto& v) TROMMEL_INLINE_LAMBDA { p_log2_p<typename L::Number>(t, v); },
         term,
         p);
}

/// Eight rows at once: lane i is row i.
template <bool with_entropy, typename L, typename T>
TROMMEL_INLINE void measure_eight(const T* values,
                                  std::size_t classes,
                                  Found<L>& found,
                                  L& entropy) {
    L columns[lane_count];
    L sums[lane_count];
    L term;
    found.begin();
    fill(entropy, T{0});
    const auto look = [&](const L& x, L& sum) TROMMEL_INLINE_LAMBDA {
        found.look_at(x);
        if constexpr (with_entropy) {
            entropy_term(term, x);
            Found<L>::add(sum, term);
        }
    };
    std::size_t j = 0;
    if (classes >= lane_count) {
        for (auto& sum : sums) fill(sum, T{0});
        for (; j + lane_count <= classes; j += lane_count) {
#pragma GCC unroll 8
            for (std::size_t i = 0; i < lane_count; ++i) load(columns[i], values + i * classes + j);
            transpose(columns);
#pragma GCC unroll 8
            for (std::size_t i = 0; i < lane_count; ++i) look(columns[i], sums[i]);
        }
        for (std::size_t step = 1; step < lane_count; step *= 2)
            for (std::size_t i = 0; i < lane_count; i += 2 * step)
                Found<L>::add(sums[i], sums[i + step]);
        entropy = sums[0];
    }
    for (; j < classes; ++j) {
        L column{};
        load_strided(column, values + j, classes);
        look(column, entropy);
    }
    found.spread_nan();
}

template <bool with_entropy, typename L, typename T>
TROMMEL_INLINE void measure_narrow(const RowBlock<T>& block) {
    Found<L> found;
    L entropy;
    std::size_t row = 0;
    for (; row + lane_count <= block.rows; row += lane_count) {
        measure_eight<with_entropy>(
            block.values + row * block.classes, block.classes, found, entropy);
        store(block.largest + row, found.largest);
        store(block.second + row, found.second);
        store(block.sum + row, found.sum);
        store(block.lowest + row, found.lowest);
        if constexpr (with_entropy) store(block.neg_entropy + row, entropy);
    }
    const std::size_t rest = block.rows - row;
    if (rest == 0) return;
    std::array<T, lane_count * narrow> padded{};
    std::copy_n(block.values + row * block.classes, rest * block.classes, padded.data());
    measure_eight<with_entropy>(padded.data(), block.classes, found, entropy);
    std::memcpy(block.largest + row, &found.largest, rest * sizeof(T));
    std::memcpy(block.second + row, &found.second, rest * sizeof(T));
    std::memcpy(block.sum + row, &found.sum, rest * sizeof(T));
    std::memcpy(block.lowest + row, &found.lowest, rest * sizeof(T));
    if constexpr (with_entropy) std::memcpy(block.neg_entropy + row, &entropy, rest * sizeof(T));
}

/// The last values of a row, fewer than eight.
template <bool with_entropy, typename L, typename T>
TROMMEL_INLINE void measure_tail(const T* values, std::size_t count, Found<L>& found, T& entropy) {
    L x;
    std::array<T, lane_count> padded{};
    std::copy_n(values, count, padded.data());
    load(x, padded.data());
    Found<L>::add(found.sum, x);
    if constexpr (with_entropy) {
        L term;
        std::array<T, lane_count> terms;
        entropy_term(term, x);
        store(terms.data(), term);
        for (std::size_t i = 0; i < count; ++i) entropy += terms[i];
    }
    for (std::size_t i = count; i < lane_count; ++i) padded[i] = values[0];
    load(x, padded.data());
    each([](auto& low, const auto& v) TROMMEL_INLINE_LAMBDA { keep_lower(low, v); },
         found.lowest,
         x);
    for (std::size_t i = count; i < lane_count; ++i)
        padded[i] = -std::numeric_limits<T>::infinity();
    load(x, padded.data());
    found.rank(x);
}

/// One leaf of a row's sum: eight or more terms.
template <bool with_entropy, typename L, typename T>
TROMMEL_INLINE T measure_leaf(const T* values, std::size_t terms, Found<L>& found) {
    L x;
    L term;
    L sums;
    fill(sums, T{0});
    std::size_t j = 0;
    for (; j + lane_count <= terms; j += lane_count) {
        load(x, values + j);
        found.look_at(x);
        if constexpr (with_entropy) {
            entropy_term(term, x);
            Found<L>::add(sums, term);
        }
    }
    if constexpr (with_entropy)
        fold(sums, [](L& a, const L& b) TROMMEL_INLINE_LAMBDA { Found<L>::add(a, b); });
    T entropy = first_of(sums);
    if (j < terms) measure_tail<with_entropy>(values + j, terms - j, found, entropy);
    return entropy;
}

template <bool with_entropy, typename L, typename T>
TROMMEL_INLINE void measure_wide(const RowBlock<T>& block) {
    Found<L> found;
    std::array<T, deepest> sums;
    for (std::size_t row = 0; row < block.rows; ++row) {
        const T* values = block.values + row * block.classes;
        std::size_t depth = 0;
        found.begin();
        for (const auto& leaf : block.order->leaves) {
            sums[depth++] = measure_leaf<with_entropy>(values, leaf.terms, found);
            values += leaf.terms;
            for (std::size_t merge = 0; merge < leaf.merges; ++merge, --depth)
                sums[depth - 2] += sums[depth - 1];
        }
        found.fold_all();
        found.spread_nan();
        block.largest[row] = first_of(found.largest);
        block.second[row] = first_of(found.second);
        block.sum[row] = first_of(found.sum);
        block.lowest[row] = first_of(found.lowest);
        if constexpr (with_entropy) block.neg_entropy[row] = sums[0];
    }
}

template <std::size_t width, typename T>
TROMMEL_INLINE void measure(const RowBlock<T>& block) {
    using L = Lanes<T, width>;
    const bool with_entropy = block.neg_entropy != nullptr;
    if (block.classes <= narrow)
        return with_entropy ? measure_narrow<true, L>(block) : measure_narrow<false, L>(block);
    return with_entropy ? measure_wide<true, L>(block) : measure_wide<false, L>(block);
}

/// The same code, compiled for each instruction set.
template <typename T>
void measure_portable(const RowBlock<T>& block) {
    measure<16>(block);
}
#ifdef __x86_64__
template <typename T>
TROMMEL_AVX2 void measure_avx2(const RowBlock<T>& block) {
    measure<32>(block);
}
template <typename T>
TROMMEL_AVX512 void measure_avx512(const RowBlock<T>& block) {
    measure<64>(block);
}
#endif

std::vector<Instructions> find_instruction_sets() {
    std::vector<Instructions> found{Instructions::portable};
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) found.push_back(Instructions::avx2);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        found.push_back(Instructions::avx512);
#endif
    return found;
}

/// The leaves of the terms, to the end of `leaves`.
void split(std::size_t terms, std::vector<SumOrder::Leaf>& leaves) {
    if (terms <= 128) return leaves.push_back({static_cast<std::uint32_t>(terms), 0});
    const std::size_t half = terms / 2 - (terms / 2) % 8;
    split(half, leaves);
    split(terms - half, leaves);
    ++leaves.back().merges;
}

}  // namespace

std::span<const Instructions> instruction_sets() {
    static const std::vector<Instructions> found = find_instruction_sets();
    return found;
}

SumOrder::SumOrder(std::size_t terms) { split(terms, leaves); }

template <typename T>
void measure_rows(const RowBlock<T>& block, Instructions instructions) {
#ifdef __x86_64__
    if (instructions == Instructions::avx512) return measure_avx512<T>(block);
    if (instructions == Instructions::avx2) return measure_avx2<T>(block);
#endif
    measure_portable<T>(block);
}

template void measure_rows(const RowBlock<float>&, Instructions);
template void measure_rows(const RowBlock<double>&, Instructions);

}  // namespace trommel::scoring
