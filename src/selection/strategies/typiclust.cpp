#include "selection/shared.hpp"
#include "selection/strategies/kmeans.hpp"
#include "selection/strategies/nearest.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

/// The paper's: more clusters than this are not told apart.
constexpr std::size_t most_clusters = 500;

/// Places of one cluster, and how many of them are chosen already.
struct Group {
    std::vector<Place> open{};
    std::size_t chosen = 0;
};

/// The open place of `group` that is most typical of it: the least mean distance to its nearest.
Place most_typical(const Task& task, const Rows& rows, const Group& group) {
    if (group.open.size() == 1) return group.open.front();
    const auto count = std::clamp<std::size_t>(task.options.neighbors, 1, group.open.size() - 1);
    const auto squared = squared_to_nearest(task, rows, group.open, count);
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < group.open.size(); ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < count; ++k)
            sum += std::sqrt(static_cast<double>(squared[i * count + k]));
        if (sum >= least) continue;
        least = sum;
        best = i;
    }
    return group.open[best];
}

std::vector<Group> groups_of(const Task& task, const Rows& rows, std::size_t clusters) {
    const auto& candidates = task.pool.candidates;
    const RowsInPlace these(rows, candidates);
    const std::vector<double> weights(candidates.size(), 1.0);
    const auto found = weighted_kmeans(
        these.pointers(), rows.dimensions, weights, clusters, task.random, [&] { poll(task); });
    std::vector<Group> groups(clusters);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        Group& group = groups[found.of_row[i]];
        if (std::ranges::binary_search(task.pool.preselected, candidates[i])) {
            ++group.chosen;
        } else {
            group.open.push_back(static_cast<Place>(i));
        }
    }
    return groups;
}

/// The group with fewest chosen, of equals the largest, of equals the first.
Group* next_group(std::vector<Group>& groups) {
    Group* best = nullptr;
    for (Group& group : groups) {
        if (group.open.empty()) continue;
        const bool is_better =
            best == nullptr || group.chosen < best->chosen ||
            (group.chosen == best->chosen && group.open.size() > best->open.size());
        if (is_better) best = &group;
    }
    return best;
}

/// All candidates in as many clusters as are chosen and to choose, at most 500; again and again
/// from that with fewest chosen, of equals the largest, the sample of highest typicality within it.
/// Hacohen et al., "Active Learning on a Budget", ICML 2022, algorithm 1. Needs a number of picks.
std::vector<Pick> select_typiclust(const Task& task) {
    const Rows rows = checked_rows(task);
    const auto open = open_places(task);
    const auto count = wanted_picks(task, open.size());
    if (count == 0) return {};
    const auto clusters = std::min(
        {task.pool.preselected.size() + count, task.pool.candidates.size(), most_clusters});
    auto groups = groups_of(task, rows, clusters);
    std::vector<Place> places;
    while (places.size() < count) {
        Group& group = *next_group(groups);
        places.push_back(most_typical(task, rows, group));
        std::erase(group.open, places.back());
        ++group.chosen;
    }
    return pick_these(task, places);
}

std::size_t memory_of_typiclust(const StrategyOptions& options, const Extent& extent) {
    const auto clusters =
        std::min({extent.preselected + extent.picks, extent.candidates, most_clusters});
    return memory::kmeans(extent, extent.candidates, clusters) +
           extent.candidates *
               (memory::a_place + memory::a_number + memory::growing * memory::a_place) +
           clusters * 32 + memory::nearest_neighbors(options, extent, extent.candidates) +
           memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::typiclust{
    .name = "typiclust",
    .summary = "most typical sample of each cluster, uncovered clusters first",
    .source = "Hacohen et al., Active Learning on a Budget, ICML 2022",
    .needs_embeddings = true,
    .needs_number = true,
    .settings = {&settings::neighbors, &settings::search, &settings::probes, &settings::metric},
    .memory = memory_of_typiclust,
    .select = select_typiclust,
};

}  // namespace trommel::selection
