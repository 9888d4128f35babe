// Pools to select from, for the tests of this floor.
#pragma once

#include "trommel/selection/select.hpp"

#include <numeric>
#include <vector>

namespace trommel::selection {

inline constexpr std::string_view all_methods[] = {"random", "coreset", "coral", "active_learning"};

/// A pool that owns what a Pool views.
struct OwnedPool {
    std::vector<SampleIndex> candidates{};
    std::vector<SampleIndex> preselected{};
    Matrix embeddings{};
    std::vector<double> scores{};
    Probabilities probabilities{};

    operator Pool() const {
        return {.candidates = candidates,
                .preselected = preselected,
                .embeddings = &embeddings,
                .scores = scores,
                .probabilities = probabilities.empty() ? nullptr : &probabilities};
    }
};

/// All samples of `embeddings` as candidates, with equal scores.
inline OwnedPool pool_of(Matrix embeddings) {
    OwnedPool pool{.embeddings = std::move(embeddings)};
    pool.candidates.resize(pool.embeddings.rows());
    std::iota(pool.candidates.begin(), pool.candidates.end(), SampleIndex{0});
    pool.scores.assign(pool.embeddings.rows(), 1.0);
    return pool;
}

inline std::vector<Pick> select(std::string_view strategy,
                                const Pool& pool,
                                const Stop& stop = {},
                                Random random = Random(1, 1, "sample"),
                                const Progress& progress = {},
                                const Objective& objective = {}) {
    return select(*find_strategy(strategy),
                  {.pool = pool,
                   .stop = stop,
                   .random = random,
                   .progress = progress,
                   .options = {.objective = objective}});
}

inline std::vector<SampleIndex> samples(const std::vector<Pick>& picks) {
    std::vector<SampleIndex> result;
    for (const auto& pick : picks) result.push_back(pick.sample);
    return result;
}

}  // namespace trommel::selection
