#include "selection/request.hpp"
#include "selection/shared.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

std::vector<SampleIndex> samples_of(std::span<const Pick> picks) {
    std::vector<SampleIndex> samples;
    for (const auto& pick : picks) samples.push_back(pick.sample);
    std::ranges::sort(samples);
    return samples;
}

/// With so many parts, a part and what all parts pick are about as large.
std::size_t parts_for(std::size_t samples, std::size_t picks) {
    const double ratio = static_cast<double>(samples) / static_cast<double>(picks);
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::sqrt(ratio)));
}

/// Coreset of the open candidates `samples`.
std::vector<Pick> coreset_of(const Task& task,
                             std::span<const SampleIndex> samples,
                             std::size_t count) {
    auto part = task;
    part.pool.candidates = samples;
    part.pool.scores = {};
    part.stop.picks = count;
    return pick_farthest(part, false);
}

std::vector<SampleIndex> first_round(const Task& task,
                                     std::span<const SampleIndex> samples,
                                     std::size_t count) {
    auto quiet = task;
    quiet.progress = {.cancelled = task.progress.cancelled};
    quiet.stop.min_distance = -1;
    quiet.options.objective = {};
    const auto parts = parts_for(samples.size(), count);
    std::vector<SampleIndex> chosen;
    for (std::size_t part = 0; part < parts; ++part) {
        std::vector<SampleIndex> mine;
        for (std::size_t i = part; i < samples.size(); i += parts) mine.push_back(samples[i]);
        const auto picks = samples_of(coreset_of(quiet, mine, count));
        chosen.insert(chosen.end(), picks.begin(), picks.end());
    }
    const auto& first = task.options.objective.first_sample;
    if (first && std::ranges::binary_search(samples, *first)) chosen.push_back(*first);
    std::ranges::sort(chosen);
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    return chosen;
}

/// The distance of the sample that is farthest from every chosen one.
double radius_of(const Task& task,
                 const Rows& rows,
                 std::span<const SampleIndex> samples,
                 std::span<const Pick> picks) {
    const Priority by_distance{};
    Greedy greedy(
        {rows, samples}, by_distance, [&] { poll(task); }, Tuning{});
    for (const auto sample : task.pool.preselected) greedy.choose(sample);
    for (const auto& pick : picks) greedy.choose(pick.sample);
    double radius = 0;
    greedy.extend(1, 0, [&](const Greedy::Choice& farthest) {
        radius = std::sqrt(static_cast<double>(farthest.squared));
        return false;
    });
    return radius;
}

Coverage coverage_of(double radius, std::span<const Pick> picks) {
    double apart = radius;
    for (const auto& pick : picks) apart = std::min(apart, pick.distance.value_or(apart));
    if (radius == 0) return {.radius = 0, .radius_ratio = 1};
    return {.radius = radius, .radius_ratio = 2 * radius / apart};
}

/// An approximation: coreset of each of √(candidates / picks) parts, then of what these picked.
/// The radius is at most 4 times the best there is; options.covered gets what it is, and a bound of
/// how far from the best. Needs a number of picks. Malkomes et al., "Fast Distributed k-Center
/// Clustering with Outliers on Massive Data", NeurIPS 2015.
std::vector<Pick> select_coreset_two_round(const Task& task) {
    const Rows rows = checked_rows(task);
    const auto samples = samples_at(task, open_places(task));
    const auto count = wanted_picks(task, samples.size());
    if (count == 0) return {};
    const auto chosen = first_round(task, samples, count);
    auto picks = coreset_of(task, chosen, count);
    if (task.options.covered && !(picks.empty() && task.pool.preselected.empty()))
        task.options.covered(coverage_of(radius_of(task, rows, samples, picks), picks));
    return picks;
}

std::size_t memory_of_two_round(const StrategyOptions& options, const Extent& extent) {
    return memory::greedy(options, extent) +
           extent.candidates * 4 * memory::growing * memory::a_place +
           extent.picks * 4 * sizeof(Pick);
}

}  // namespace

constinit const Strategy rows::coreset_two_round{
    .name = "coreset_two_round",
    .summary = "approximate coreset: first of parts, then of their picks",
    .source = "Malkomes et al., Fast Distributed k-Center Clustering, NeurIPS 2015",
    .needs_embeddings = true,
    .needs_number = true,
    .settings = {&settings::metric},
    .memory = memory_of_two_round,
    .select = select_coreset_two_round,
};

}  // namespace trommel::selection
