#include "selection/shared.hpp"
#include "selection/strategies/linkage.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel::selection {
namespace {

/// The paper's: clusters have about so many members.
constexpr std::size_t members_of_a_cluster = 10;

void check_clusters(const Task& task, std::span<const Place> open) {
    for (const auto place : open) {
        if (std::isfinite(task.pool.scores[place])) continue;
        throw DataError(
            fmt::format("the score of sample {} is {}; every score must be a finite number",
                        task.pool.candidates[place],
                        shortest(task.pool.scores[place])));
    }
}

std::size_t merges_wanted(const Task& task, std::span<const Merge> merges, std::size_t rows) {
    const double radius = task.options.radius;
    if (!(radius > 0)) return rows - std::max<std::size_t>(1, rows / members_of_a_cluster);
    const auto end = std::ranges::upper_bound(merges, radius * radius, {}, &Merge::height);
    return static_cast<std::size_t>(end - merges.begin());
}

/// Members of each cluster, ascending; the smallest cluster first.
std::vector<std::vector<Place>> clusters_of(const Task& task,
                                            const Rows& rows,
                                            std::span<const Place> places) {
    const RowsInPlace these(rows, samples_at(task, places));
    const auto merges = average_linkage(these.pointers(), rows.dimensions, [&] { poll(task); });
    const auto of_row =
        clusters_after(merges, merges_wanted(task, merges, places.size()), places.size());
    std::vector<std::vector<Place>> clusters;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (of_row[i] == clusters.size()) clusters.emplace_back();
        clusters[of_row[i]].push_back(places[i]);
    }
    std::ranges::stable_sort(clusters, {}, [](const auto& cluster) { return cluster.size(); });
    return clusters;
}

/// The candidates of highest score, oversampling * picks of them, in clusters by average linkage:
/// up to a mean squared distance of options.radius², or, where that is 0, ten members each on
/// average. Round and round from the smallest cluster a random member of each. Needs a number of
/// picks. Citovsky et al., "Batch Active Learning at Scale", NeurIPS 2021; they cluster all
/// candidates, once, which takes O(candidates²) distances instead of O((oversampling picks)²).
std::vector<Pick> select_cluster_margin(const Task& task) {
    const auto open = open_places(task);
    check_clusters(task, open);
    const Rows rows = checked_rows(task);
    const auto count = wanted_picks(task, open.size());
    if (count == 0) return {};
    const auto some = oversampled(task, "cluster_margin", open, count);
    auto clusters = clusters_of(task, rows, some);
    auto random = task.random;
    std::vector<Place> places;
    for (std::size_t turn = 0; places.size() < count; ++turn) {
        auto& cluster = clusters[turn % clusters.size()];
        if (cluster.empty()) continue;
        const auto drawn =
            cluster.begin() + static_cast<std::ptrdiff_t>(random.below(cluster.size()));
        places.push_back(*drawn);
        cluster.erase(drawn);
    }
    return pick_these(task, places);
}

std::size_t memory_of_cluster_margin(const StrategyOptions& options, const Extent& extent) {
    const auto rows = memory::oversampled_count(options, extent);
    constexpr std::size_t a_merge = 16;
    const std::size_t a_row = 12 * extent.dimensions + 5 * memory::a_number +
                              (memory::growing + 1) * a_merge +
                              memory::growing * (memory::a_place + 32);
    return rows * a_row + memory::pointers_to_rows(extent, rows) + memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::cluster_margin{
    .name = "cluster_margin",
    .summary = "highest scores, one per cluster in turn, smallest cluster first",
    .source = "Citovsky et al., Batch Active Learning at Scale, NeurIPS 2021",
    .needs_embeddings = true,
    .needs_scores = true,
    .needs_number = true,
    .settings = {&settings::oversampling, &settings::radius, &settings::metric},
    .memory = memory_of_cluster_margin,
    .select = select_cluster_margin,
};

}  // namespace trommel::selection
