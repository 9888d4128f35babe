// Strategies that ask how many samples are like one.
#include "selection/parallel.hpp"
#include "selection/shared.hpp"
#include "selection/strategies/nearest.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel::selection {
namespace {

constexpr StrategySetting density_strength{.name = "density_strength",
                                           .field = &StrategyOptions::density_strength,
                                           .help = "Exponent of density."};

/// The row divided by its length; zeros stay zeros.
std::vector<double> direction(const Rows& rows, SampleIndex sample, std::vector<float>& room) {
    const float* row = single(rows, sample, kernels(), room.data());
    std::vector<double> result(row, row + rows.dimensions);
    double sum = 0;
    for (const double x : result) sum += x * x;
    if (sum == 0) return result;
    for (double& x : result) x /= std::sqrt(sum);
    return result;
}

double product(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j];
    return sum;
}

/// Calls `worth` for the direction of every candidate.
template <typename Worth>
std::vector<double> worth_of_directions(const Task& task, const Rows& rows, const Worth& worth) {
    const auto& candidates = task.pool.candidates;
    std::vector<double> result(candidates.size());
    in_parallel(candidates.size(), 256, [&](std::size_t begin, std::size_t end) {
        std::vector<float> room(rows.dimensions);
        for (std::size_t i = begin; i < end; ++i) {
            poll(task);
            result[i] = worth(i, direction(rows, candidates[i], room));
        }
    });
    return result;
}

std::vector<double> mean_direction(const Task& task, const Rows& rows) {
    std::vector<double> mean(rows.dimensions);
    std::vector<float> room(rows.dimensions);
    for (const auto sample : task.pool.candidates) {
        poll(task);
        const auto one = direction(rows, sample, room);
        for (std::size_t j = 0; j < mean.size(); ++j)
            mean[j] += one[j] / static_cast<double>(task.pool.candidates.size());
    }
    return mean;
}

}  // namespace

std::vector<double> mean_distance_to_nearest(const Task& task,
                                             const Rows& rows,
                                             std::span<const Place> places) {
    std::vector<double> means(places.size());
    if (places.size() < 2) return means;
    const std::size_t count = std::clamp<std::size_t>(task.options.neighbors, 1, places.size() - 1);
    const auto squared = squared_to_nearest(task, rows, places, count);
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t k = 0; k < count; ++k)
            means[i] += std::sqrt(static_cast<double>(squared[i * count + k]));
        means[i] /= static_cast<double>(count);
    }
    return means;
}

std::vector<double> cosines_to_query(const Task& task, const Rows& rows) {
    if (task.options.query.empty())
        throw DataError("similarity needs samples to be similar to; give a query");
    std::vector<std::vector<double>> query;
    std::vector<float> room(rows.dimensions);
    for (const auto sample : task.options.query) query.push_back(direction(rows, sample, room));
    return worth_of_directions(task, rows, [&](std::size_t, std::span<const double> at) {
        double best = -1;
        for (const auto& one : query) best = std::max(best, product(at, one));
        return best;
    });
}

namespace {

/// The highest score times density^density_strength; density is the mean cosine to all candidates,
/// at least 0. Settles and Craven, "An Analysis of Active Learning Strategies for Sequence Labeling
/// Tasks", EMNLP 2008, equation 13.
std::vector<Pick> select_information_density(const Task& task) {
    const Rows rows = checked_rows(task);
    const auto mean = mean_direction(task, rows);
    const auto worth =
        worth_of_directions(task, rows, [&](std::size_t i, std::span<const double> at) {
            const double density = std::max(0.0, product(at, mean));
            return task.pool.scores[i] * std::pow(density, task.options.density_strength);
        });
    return pick_by_worth(task, worth);
}

/// The highest cosine to any sample of options.query.
std::vector<Pick> select_similarity(const Task& task) {
    return pick_by_worth(task, cosines_to_query(task, checked_rows(task)));
}

std::size_t memory_of_similarity(const StrategyOptions& options, const Extent& extent) {
    return memory::directions(extent) + memory::ranking(options, extent);
}

/// The highest typicality, one over the mean distance to the nearest options.neighbors candidates.
/// Hacohen et al., "Active Learning on a Budget", ICML 2022, equation 1. O(candidates²) distances.
std::vector<Pick> select_typicality(const Task& task) {
    const Rows rows = checked_rows(task);
    const auto open = open_places(task);
    const auto means = mean_distance_to_nearest(task, rows, open);
    std::vector<double> worth(task.pool.candidates.size());
    // Of copies of each other, whose mean distance is 0, typicality is as large as can be.
    for (std::size_t i = 0; i < open.size(); ++i) worth[open[i]] = std::min(1 / means[i], 1e300);
    return pick_by_worth(task, worth);
}

std::size_t memory_of_typicality(const StrategyOptions& options, const Extent& extent) {
    return memory::nearest_neighbors(options, extent, extent.candidates) +
           2 * memory::a_number * extent.candidates + memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::information_density{
    .name = "information_density",
    .summary = "highest product of score and mean cosine to all samples",
    .source = "Settles & Craven, An Analysis of Active Learning Strategies, EMNLP 2008",
    .needs_embeddings = true,
    .needs_scores = true,
    .settings = {&density_strength, &settings::metric},
    .memory = memory::worths,
    .select = select_information_density,
};

constinit const Strategy rows::similarity{
    .name = "similarity",
    .summary = "highest cosine to any sample of a query",
    .source = "Lightly's documentation, strategy similarity",
    .needs_embeddings = true,
    .needs_query = true,
    .settings = {&settings::metric},
    .memory = memory_of_similarity,
    .select = select_similarity,
};

constinit const Strategy rows::typicality{
    .name = "typicality",
    .summary = "lowest mean distance to the nearest samples",
    .source = "Hacohen et al., Active Learning on a Budget, ICML 2022",
    .needs_embeddings = true,
    .settings = {&settings::neighbors, &settings::search, &settings::probes, &settings::metric},
    .memory = memory_of_typicality,
    .select = select_typicality,
};

}  // namespace trommel::selection
