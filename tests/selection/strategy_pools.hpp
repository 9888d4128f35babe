// Random pools, distances in double precision, and picks by a strategy's name.
#pragma once

#include "selection/pools.hpp"
#include "trommel/selection/strategy.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

namespace trommel::selection {

using Samples = std::vector<SampleIndex>;

/// Some near one class, some near none.
inline Probabilities random_probabilities(std::size_t count, std::size_t classes, Random& random) {
    Probabilities result(count, classes);
    for (std::size_t i = 0; i < count; ++i) {
        double sum = 0;
        for (double& p : result.row(i)) sum += p = std::pow(random.uniform(), 3) + 1e-3;
        for (double& p : result.row(i)) p /= sum;
    }
    return result;
}

inline OwnedPool random_pool(std::size_t count, std::size_t dimensions, std::uint64_t seed) {
    Random random(seed, 1, "strategies");
    Matrix embeddings(count, dimensions);
    for (float& x : embeddings.values()) x = static_cast<float>(random.uniform() - 0.3);
    auto pool = pool_of(std::move(embeddings));
    for (double& score : pool.scores) score = random.uniform();
    pool.probabilities = random_probabilities(count, 4, random);
    return pool;
}

inline double distance_of(const OwnedPool& pool, SampleIndex a, SampleIndex b) {
    double sum = 0;
    for (std::size_t j = 0; j < pool.embeddings.cols(); ++j)
        sum += std::pow(double{pool.embeddings(a, j)} - double{pool.embeddings(b, j)}, 2);
    return std::sqrt(sum);
}

inline double cosine_of(const OwnedPool& pool, SampleIndex a, SampleIndex b) {
    double product = 0;
    double lengths[2] = {};
    for (std::size_t j = 0; j < pool.embeddings.cols(); ++j) {
        const double x = pool.embeddings(a, j);
        const double y = pool.embeddings(b, j);
        product += x * y;
        lengths[0] += x * x;
        lengths[1] += y * y;
    }
    return product / std::sqrt(lengths[0] * lengths[1]);
}

inline std::vector<Pick> pick(std::string_view name,
                              const Pool& pool,
                              const Stop& stop,
                              const StrategyOptions& options = {}) {
    const auto* strategy = find_strategy(name);
    REQUIRE(strategy != nullptr);
    return select(*strategy,
                  {.pool = pool, .stop = stop, .random = Random(1, 1, "x"), .options = options});
}

/// The candidates of highest worth, which are all different.
inline Samples highest(const OwnedPool& pool, const std::vector<double>& worth, std::size_t count) {
    auto order = pool.candidates;
    std::ranges::sort(order, std::ranges::greater{}, [&](SampleIndex i) { return worth[i]; });
    order.resize(count);
    return order;
}

/// Diversity, weights, and balance over what takes probabilities for shares.
inline std::vector<Goal> all_goals(const OwnedPool& pool) {
    return {{.kind = Goal::Kind::diversity},
            {.kind = Goal::Kind::weights, .strength = 0.5, .values = pool.scores},
            {.kind = Goal::Kind::balance, .distribution = {.shares = &pool.probabilities}}};
}

}  // namespace trommel::selection
