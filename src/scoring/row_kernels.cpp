#include "scoring/row_kernels.hpp"

#include "scoring/lane_log2.hpp"
#include "scoring/lanes.hpp"
#include "scoring/row_findings.hpp"

#include <algorithm>

namespace trommel::scoring {
namespace {

/// A row with more leaves than 2^40 does not exist.
constexpr std::size_t deepest = 40;

/// Rows that are looked at together, a lane each: one register of them, eight at least.
template <typename T, std::size_t width>
using RowLanes = Lanes<T, width, std::max(lane_count, width / sizeof(T))>;

template <typename L>
TROMMEL_INLINE void add(L& to, const L& x) {
    each([](auto& t, const auto& v) TROMMEL_INLINE_LAMBDA { t += v; }, to, x);
}

/// ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)).
template <typename L>
TROMMEL_INLINE L sum_of(Several<L>& sums) {
    add(sums[0], sums[1]), add(sums[2], sums[3]), add(sums[4], sums[5]), add(sums[6], sums[7]);
    add(sums[0], sums[2]), add(sums[4], sums[6]);
    add(sums[0], sums[4]);
    return sums[0];
}

/// What is found of as many rows as there are lanes, the row of lane i at values + rows[i].
template <bool with_entropy, typename L, typename T>
struct Look {
    TROMMEL_INLINE void at_column(const L& x, L& sum) {
        found.look_at(x);
        if constexpr (with_entropy) {
            L term{};
            each([](auto& t, const auto& v) TROMMEL_INLINE_LAMBDA { p_log2_p<T>(t, v); }, term, x);
            add(sum, term);
        }
    }

    /// Asks for as much of the next rows as eight columns of these take. The machine itself follows
    /// one stream a page, and rows of some hundred bytes are several.
    TROMMEL_INLINE void fetch_ahead() {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < size_of<L> * lane_count; i += 64 / sizeof(T))
            __builtin_prefetch(ahead + i, 0, 2);
        ahead += size_of<L> * lane_count;
    }

    /// The last `rest` of eight columns or more that end at `end`, fewer than eight.
    template <std::size_t rest>
    TROMMEL_INLINE void at_last(const T* end, L& sum) {
        Several<L> columns;
        load_columns(columns, end - lane_count, rows);
#pragma GCC unroll 8
        for (std::size_t i = lane_count - rest; i < lane_count; ++i) at_column(columns[i], sum);
    }

    /// One leaf of the sum, from `values` on.
    TROMMEL_INLINE void at_leaf(const T* values, std::size_t terms, L& sum) {
        fill(sum, T{0});
        const T* const end = values + terms;
        if (terms < lane_count) {
            for (; values < end; ++values) {
                L column{};
                load_column(column, values, rows);
                at_column(column, sum);
            }
            return;
        }
        Several<L> columns;
        Several<L> sums;
        for (auto& lanes : sums) fill(lanes, T{0});
        for (; values + lane_count <= end; values += lane_count) {
            fetch_ahead();
            load_columns(columns, values, rows);
#pragma GCC unroll 8
            for (std::size_t i = 0; i < lane_count; ++i) at_column(columns[i], sums[i]);
        }
        sum = sum_of(sums);
        switch (end - values) {
            case 1:
                return at_last<1>(end, sum);
            case 2:
                return at_last<2>(end, sum);
            case 3:
                return at_last<3>(end, sum);
            case 4:
                return at_last<4>(end, sum);
            case 5:
                return at_last<5>(end, sum);
            case 6:
                return at_last<6>(end, sum);
            case 7:
                return at_last<7>(end, sum);
            default:
                return;
        }
    }

    TROMMEL_INLINE void at_all(const T* values, const SumOrder& order) {
        Several<L, deepest> sums;
        std::size_t depth = 0;
        found.begin();
        for (const auto& leaf : order.leaves) {
            at_leaf(values, leaf.terms, sums[depth++]);
            values += leaf.terms;
            for (std::size_t merge = 0; merge < leaf.merges; ++merge, --depth)
                add(sums[depth - 2], sums[depth - 1]);
        }
        entropy = sums[0];
        found.spread_nan();
        found.spread_infinity(entropy);
    }

    Several<std::size_t, size_of<L>> rows;
    const T* ahead = nullptr;
    RowFindings<L> found;
    L entropy;
};

template <bool with_entropy, typename L, typename T>
TROMMEL_INLINE bool measure_with(const RowBlock<T>& block) {
    if (block.rows == 0) return true;
    Look<with_entropy, L, T> look;
    WorstRow<L> worst;
    worst.begin();
    for (std::size_t i = 0; i < size_of<L>; ++i)
        look.rows[i] = std::min(i, block.rows - 1) * block.classes;
    const std::size_t count = std::min(size_of<L>, block.rows);
    const std::size_t last = block.rows - count;
    for (std::size_t row = 0;;
         row = std::min(row + count, last)) {  // the last ones again, if need be
        look.ahead = block.values + (row + count) * block.classes;
        look.at_all(block.values + row * block.classes, *block.order);
        store(block.largest + row, look.found.largest, count);
        store(block.second + row, look.found.second, count);
        if constexpr (with_entropy) store(block.neg_entropy + row, look.entropy, count);
        worst.look_at(look.found);
        if (row == last) break;
    }
    return worst.is_distribution();
}

template <std::size_t width, typename T>
TROMMEL_INLINE bool measure(const RowBlock<T>& block) {
    using L = RowLanes<T, width>;
    return block.neg_entropy == nullptr ? measure_with<false, L>(block)
                                        : measure_with<true, L>(block);
}

/// The same code, compiled for each instruction set.
template <typename T>
bool measure_portable(const RowBlock<T>& block) {
    return measure<16>(block);
}
#ifdef __x86_64__
template <typename T>
TROMMEL_AVX2 bool measure_avx2(const RowBlock<T>& block) {
    return measure<32>(block);
}
template <typename T>
TROMMEL_AVX512 bool measure_avx512(const RowBlock<T>& block) {
    return measure<64>(block);
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
bool measure_rows(const RowBlock<T>& block, Instructions instructions) {
#ifdef __x86_64__
    if (instructions == Instructions::avx512) return measure_avx512<T>(block);
    if (instructions == Instructions::avx2) return measure_avx2<T>(block);
#endif
    return measure_portable<T>(block);
}

template bool measure_rows(const RowBlock<float>&, Instructions);
template bool measure_rows(const RowBlock<double>&, Instructions);

}  // namespace trommel::scoring
