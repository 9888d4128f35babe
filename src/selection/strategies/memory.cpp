#include "selection/strategies/memory.hpp"

#include "selection/blocks.hpp"
#include "selection/codes.hpp"
#include "selection/neighbors.hpp"
#include "selection/parallel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace trommel::selection {
namespace {

/// A vector that grows by doubling holds the old values and twice their room at its largest.
constexpr std::size_t growing = 3;
constexpr std::size_t a_place = sizeof(std::uint32_t);
constexpr std::size_t a_number = sizeof(double);

/// What does not depend on the samples: threads, their blocks, what the allocator keeps.
std::size_t fixed(const Extent& extent) {
    constexpr std::size_t a_block = 256;  // rows that a thread has in hand, in single precision
    return (std::size_t{8} << 20U) +
           concurrency() * ((std::size_t{256} << 10U) + a_block * 4 * extent.dimensions);
}

/// Rows of other precision than single are copied where a strategy holds many of them.
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

/// Inverted lists: their centres, who is in them and compared with whom, and the recall.
std::size_t inverted_lists(const StrategyOptions& options,
                           const Extent& extent,
                           std::size_t samples) {
    const auto lists = static_cast<std::size_t>(4 * std::sqrt(static_cast<double>(samples))) + 1;
    const auto partners = lists * std::min(options.probes, lists) * 2 * growing * sizeof(void*);
    return kmeans(extent, 16 * lists, lists) + lists * 64 + partners +
           samples * (2 * a_place + 8 + concurrency() * sizeof(float));
}

/// Distances and positions, ascending, and the order of comparing.
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

bool has_goal(const StrategyOptions& options, Goal::Kind kind) {
    return std::ranges::count(options.goals, kind, &Goal::kind) > 0;
}

}  // namespace

std::size_t memory_of_ranking(const StrategyOptions&, const Extent& extent) {
    // Open places twice, their worth, the order with room to sort, marks.
    const std::size_t a_candidate = 2 * growing * a_place + a_number + 2 * a_number + 8;
    return extent.candidates * a_candidate + extent.picks * 4 * sizeof(Pick) + fixed(extent);
}

std::size_t memory_of_greedy(const StrategyOptions&, const Extent& extent) {
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

std::size_t memory_of_auto(const StrategyOptions& options, const Extent& extent) {
    return std::max(memory_of_greedy(options, extent), memory_of_dmbal(options, extent));
}

std::size_t memory_of_badge(const StrategyOptions& options, const Extent& extent) {
    return extent.candidates * (4 * extent.classes + 4 * a_number) +
           memory_of_ranking(options, extent);
}

std::size_t memory_of_cluster_margin(const StrategyOptions& options, const Extent& extent) {
    const auto rows = oversampled_count(options, extent);
    constexpr std::size_t a_merge = 16;
    const std::size_t a_row =
        12 * extent.dimensions + 5 * a_number + (growing + 1) * a_merge + growing * (a_place + 32);
    return rows * a_row + pointers_to_rows(extent, rows) + memory_of_ranking(options, extent);
}

std::size_t memory_of_combined(const StrategyOptions& options, const Extent& extent) {
    std::size_t bytes = 5 * a_number * extent.candidates;
    // Each kind of goal leaves nothing behind but its factor; shares stay.
    std::size_t most = 0;
    if (has_goal(options, Goal::Kind::similarity)) most = directions(extent);
    if (has_goal(options, Goal::Kind::typicality))
        most = std::max(most,
                        nearest_neighbors(options, extent, extent.candidates) +
                            2 * a_number * extent.candidates);
    constexpr std::size_t a_share = 24;
    if (has_goal(options, Goal::Kind::balance))
        bytes += extent.candidates * growing * (a_number + a_share * extent.classes);
    if (has_goal(options, Goal::Kind::diversity)) bytes += memory_of_greedy(options, extent);
    return bytes + most + memory_of_ranking(options, extent);
}

std::size_t memory_of_two_round(const StrategyOptions& options, const Extent& extent) {
    return memory_of_greedy(options, extent) + extent.candidates * 4 * growing * a_place +
           extent.picks * 4 * sizeof(Pick);
}

std::size_t memory_of_deduplicate(const StrategyOptions& options, const Extent& extent) {
    constexpr std::size_t at_once = 4096;
    return memory_of_greedy(options, extent) + memory_of_ranking(options, extent) +
           at_once * (8 * extent.dimensions + 64);
}

std::size_t memory_of_dmbal(const StrategyOptions& options, const Extent& extent) {
    const auto rows = oversampled_count(options, extent);
    return kmeans(extent, rows, extent.picks) + rows * growing * a_number +
           memory_of_ranking(options, extent);
}

std::size_t memory_of_facility_location(const StrategyOptions& options, const Extent& extent) {
    const auto nodes = extent.candidates + extent.preselected;
    const auto edges = nodes * std::min(options.neighbors, std::max<std::size_t>(nodes, 1));
    const std::size_t a_node = 3 * a_number + growing * 16 + 2 * growing * a_place;
    return nearest_neighbors(options, extent, nodes) + edges * 8 + nodes * a_node +
           memory_of_ranking(options, extent);
}

std::size_t memory_of_kmeans_plus_plus(const StrategyOptions& options, const Extent& extent) {
    return extent.candidates * a_number + memory_of_ranking(options, extent);
}

std::size_t memory_of_prob_cover(const StrategyOptions& options, const Extent& extent) {
    constexpr auto most = static_cast<double>(std::size_t{1} << 30U);
    const auto all = static_cast<double>(extent.candidates);
    const auto pairs = extent.pairs.value_or(static_cast<std::size_t>(std::min(most, all * all)));
    const std::size_t a_ball = 24 + 16 + growing * 16;
    const std::size_t in_hand = concurrency() * growing * a_place * extent.candidates;
    return pairs * a_place + extent.candidates * a_ball + in_hand +
           memory_of_ranking(options, extent);
}

std::size_t memory_of_similarity(const StrategyOptions& options, const Extent& extent) {
    return directions(extent) + memory_of_ranking(options, extent);
}

std::size_t memory_of_typicality(const StrategyOptions& options, const Extent& extent) {
    return nearest_neighbors(options, extent, extent.candidates) +
           2 * a_number * extent.candidates + memory_of_ranking(options, extent);
}

std::size_t memory_of_typiclust(const StrategyOptions& options, const Extent& extent) {
    constexpr std::size_t most_clusters = 500;
    const auto clusters =
        std::min({extent.preselected + extent.picks, extent.candidates, most_clusters});
    return kmeans(extent, extent.candidates, clusters) +
           extent.candidates * (a_place + a_number + growing * a_place) + clusters * 32 +
           nearest_neighbors(options, extent, extent.candidates) +
           memory_of_ranking(options, extent);
}

std::size_t memory_bound(const Strategy& strategy,
                         const StrategyOptions& options,
                         const Extent& extent) {
    auto bytes = strategy.memory(options, extent);
    if (options.metric == Metric::cosine && extent.dimensions > 0)
        bytes += std::max(extent.rows, extent.candidates) * 4 * extent.dimensions +
                 3 * a_place * (extent.candidates + extent.preselected + extent.query);
    if (options.thresholds.empty()) return bytes;
    const std::size_t columns = 1 + options.goals.size() + extent.classes;
    return bytes + extent.candidates * growing * (a_number + a_place + columns * a_number);
}

}  // namespace trommel::selection
