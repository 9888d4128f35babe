#include "selection/memory.hpp"

#include "selection/blocks.hpp"
#include "selection/codes.hpp"
#include "selection/neighbors.hpp"
#include "selection/parallel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace trommel::selection::memory {
namespace {

/// What does not depend on the samples: threads, their blocks, what the allocator keeps.
std::size_t fixed(const Extent& extent) {
    constexpr std::size_t a_block = 256;  // rows that a thread has in hand, in single precision
    return (std::size_t{8} << 20U) +
           concurrency() * ((std::size_t{256} << 10U) + a_block * 4 * extent.dimensions);
}

/// Inverted lists: their centres, who is in them and compared with whom, and the recall.
std::size_t inverted_lists(const StrategyOptions& options,
                           const Extent& extent,
                           std::size_t samples) {
    const auto lists = static_cast<std::size_t>(4 * std::sqrt(static_cast<double>(samples))) + 1;
    const auto partners = lists * std::min(options.probes, lists) * 2 * growing * sizeof(void*);
    return kmeans(extent, 16 * lists, lists) + lists * 64 + partners +
           samples * (2 * a_place + 8 + concurrency() * sizeof(float));
}

}  // namespace

std::size_t pointers_to_rows(const Extent& extent, std::size_t rows) {
    return rows * (growing * sizeof(void*) + (extent.is_widened ? 4 * extent.dimensions : 0));
}

std::size_t oversampled_count(const StrategyOptions& options, const Extent& extent) {
    const double wanted = std::ceil(options.oversampling * static_cast<double>(extent.picks));
    return static_cast<std::size_t>(
        std::clamp(wanted, 0.0, static_cast<double>(extent.candidates)));
}

std::size_t kmeans(const Extent& extent, std::size_t rows, std::size_t clusters) {
    const std::size_t a_row = 2 * a_number + 3 * a_place;
    return rows * a_row + clusters * (12 * extent.dimensions + 2 * a_number) +
           pointers_to_rows(extent, rows);
}

std::size_t nearest_neighbors(const StrategyOptions& options,
                              const Extent& extent,
                              std::size_t samples) {
    const auto count = std::min(options.neighbors, std::max<std::size_t>(samples, 1));
    const auto results = samples * (count * 2 * a_place + growing * a_place + a_place + 1);
    if (options.search == Search::exact) return results;
    return results + inverted_lists(options, extent, samples);
}

std::size_t directions(const Extent& extent) {
    return extent.query * (a_number * extent.dimensions + growing * 24) +
           2 * a_number * extent.candidates;
}

std::size_t ranking(const StrategyOptions&, const Extent& extent) {
    // Open places twice, their worth, the order with room to sort, marks.
    const std::size_t a_candidate = 2 * growing * a_place + a_number + 2 * a_number + 8;
    return extent.candidates * a_candidate + extent.picks * 4 * sizeof(Pick) + fixed(extent);
}

std::size_t greedy(const StrategyOptions&, const Extent& extent) {
    const std::size_t codes = Codes::bytes_for(extent.dimensions);
    const bool in_blocks = extent.dimensions <= Blocks::most_dimensions;
    // Bounds, places, samples, weights, the active ones twice; codes with norm and error.
    const std::size_t a_candidate =
        12 + 4 + 4 + 8 + 8 + codes + 8 + (in_blocks ? Blocks::bytes_a_candidate : 0);
    const std::size_t a_center =
        4 * extent.dimensions + 3 * codes + Neighbors::most * 8 + 2 * sizeof(Pick) + 64;
    return extent.candidates * a_candidate + (extent.picks + extent.preselected) * a_center +
           fixed(extent);
}

std::size_t worths(const StrategyOptions& options, const Extent& extent) {
    return extent.candidates * a_number + ranking(options, extent);
}

}  // namespace trommel::selection::memory

namespace trommel::selection {

std::size_t memory_bound(const Strategy& strategy,
                         const StrategyOptions& options,
                         const Extent& extent) {
    auto bytes = strategy.memory(options, extent);
    if (options.metric == Metric::cosine && extent.dimensions > 0)
        bytes += std::max(extent.rows, extent.candidates) * 4 * extent.dimensions +
                 3 * memory::a_place * (extent.candidates + extent.preselected + extent.query);
    if (options.thresholds.empty()) return bytes;
    const std::size_t columns = 1 + options.goals.size() + extent.classes;
    return bytes + extent.candidates * memory::growing *
                       (memory::a_number + memory::a_place + columns * memory::a_number);
}

Memory memory_of(const Strategy& strategy, const StrategyOptions& options, Extent extent) {
    const auto most = memory_bound(strategy, options, extent);
    extent.pairs = extent.candidates;  // each with itself at least
    return {.least = memory_bound(strategy, options, extent), .most = most};
}

}  // namespace trommel::selection
