#include "selection/shared.hpp"
#include "selection/strategies/kmeans.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trommel::selection {
namespace {

void check_dmbal(const Task& task, std::span<const Place> open) {
    for (const auto place : open) {
        const double score = task.pool.scores[place];
        if (std::isfinite(score) && score >= 0) continue;
        throw DataError(
            fmt::format("the score of sample {} is {}; dmbal weighs by scores, so they "
                        "must be finite and at least 0",
                        task.pool.candidates[place],
                        shortest(score)));
    }
}

/// Of each cluster its row nearest to the centre; the heaviest cluster first.
std::vector<std::size_t> representatives(const Clusters& clusters,
                                         std::span<const double> weights,
                                         std::size_t count) {
    constexpr auto none = static_cast<std::size_t>(-1);
    std::vector<std::size_t> rows(count, none);
    std::vector<double> totals(count);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        auto& best = rows[clusters.of_row[i]];
        totals[clusters.of_row[i]] += weights[i];
        if (best == none || clusters.squared[i] < clusters.squared[best]) best = i;
    }
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, std::ranges::greater{}, [&](std::size_t c) { return totals[c]; });
    std::vector<std::size_t> result;
    for (const auto c : order) {
        if (rows[c] != none) result.push_back(rows[c]);
    }
    return result;
}

/// Where copies leave clusters empty: the highest scores that are not yet among `places`.
void fill_up(const Task& task,
             std::span<const Place> from,
             std::vector<Place>& places,
             std::size_t count) {
    auto taken = places;
    std::ranges::sort(taken);
    auto rest = std::vector<Place>(from.begin(), from.end());
    std::erase_if(rest, [&](Place place) { return std::ranges::binary_search(taken, place); });
    std::ranges::stable_sort(
        rest, std::ranges::greater{}, [&](Place place) { return task.pool.scores[place]; });
    rest.resize(std::min(rest.size(), count - places.size()));
    places.insert(places.end(), rest.begin(), rest.end());
}

/// The candidates of highest score, oversampling * picks of them, in as many clusters as picks, by
/// k-means with the scores as weights; of each the candidate nearest to its centre, the heaviest
/// cluster first. Needs a number of picks and scores of at least 0.
/// Zhdanov, "Diverse mini-batch Active Learning", 2019.
std::vector<Pick> select_dmbal(const Task& task) {
    const auto open = open_places(task);
    check_dmbal(task, open);
    const Rows rows = checked_rows(task);
    const auto count = wanted_picks(task, open.size());
    if (count == 0) return {};
    const auto some = oversampled(task, "dmbal", open, count);
    const RowsInPlace these(rows, samples_at(task, some));
    std::vector<double> weights;
    for (const auto place : some) weights.push_back(task.pool.scores[place]);
    if (std::ranges::all_of(weights, [](double weight) { return weight == 0; }))
        std::ranges::fill(weights, 1.0);
    const auto clusters = weighted_kmeans(
        these.pointers(), rows.dimensions, weights, count, task.random, [&] { poll(task); });
    std::vector<Place> places;
    for (const auto row : representatives(clusters, weights, count)) places.push_back(some[row]);
    fill_up(task, some, places, count);
    return pick_these(task, places);
}

std::size_t memory_of_dmbal(const StrategyOptions& options, const Extent& extent) {
    const auto rows = memory::oversampled_count(options, extent);
    return memory::kmeans(extent, rows, extent.picks) + rows * memory::growing * memory::a_number +
           memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::dmbal{
    .name = "dmbal",
    .summary = "centres of score-weighted clusters of the highest scores",
    .source = "Zhdanov, Diverse mini-batch Active Learning, 2019",
    .needs_embeddings = true,
    .needs_scores = true,
    .needs_number = true,
    .usual_score = "uncertainty_margin",
    .settings = {&settings::oversampling, &settings::metric},
    .memory = memory_of_dmbal,
    .select = select_dmbal,
};

}  // namespace trommel::selection
