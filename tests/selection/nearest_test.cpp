// The nearest neighbours against sorting all distances.
#include "selection/strategies/nearest.hpp"

#include "selection/distance.hpp"
#include "selection/parallel.hpp"
#include "selection/strategy_pools.hpp"

#include <algorithm>

namespace trommel::selection {

TEST_CASE("the nearest are those of all distances sorted, of equals the first, for any threads",
          "[selection]") {
    for (const std::size_t samples : {2, 3, 127, 128, 129, 300, 517}) {
        Random random(samples, 1, "nearest");
        auto pool = random_pool(samples, 3, samples);
        // Few values, so that many distances are equal.
        for (float& x : pool.embeddings.values()) x = static_cast<float>(random.below(5));
        const auto count = std::min<std::size_t>(7, samples - 1);
        const Task task{.pool = pool, .random = random};
        for (const unsigned threads : {1U, 2U, 8U}) {
            Nearest nearest;
            with_threads(threads, [&] {
                nearest = nearest_of(task, Rows(pool.embeddings), pool.candidates, count);
            });
            for (const auto i : pool.candidates) {
                auto others = pool.candidates;
                std::erase(others, i);
                const auto squared = [&](SampleIndex j) {
                    return squared_distance(pool.embeddings.row(i), pool.embeddings.row(j));
                };
                std::ranges::stable_sort(others, {}, squared);
                for (std::size_t k = 0; k < count; ++k) {
                    REQUIRE(nearest.others[i * count + k] == others[k]);
                    REQUIRE(nearest.squared[i * count + k] == squared(others[k]));
                }
            }
        }
    }
}

}  // namespace trommel::selection
