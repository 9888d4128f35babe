// The nearest neighbours against sorting all distances.
#include "selection/strategies/nearest.hpp"

#include "selection/kernels/distance.hpp"
#include "selection/parallel.hpp"
#include "selection/strategy_pools.hpp"

#include <algorithm>

namespace trommel::selection {

TEST_CASE("the nearest are those of all distances sorted, of equals the first, for any threads",
          "[selection]") {
    for (const std::size_t samples : {2, 3, 127, 128, 129, 300}) {
        Random random(samples, 1, "nearest");
        auto pool = random_pool(samples, 3, samples);
        // Few values, so that many distances are equal.
        for (float& x : pool.embeddings.values()) x = static_cast<float>(random.below(5));
        const auto count = std::min<std::size_t>(7, samples - 1);
        const Task task{.pool = pool, .random = random};
        for (const unsigned threads : {1U, 8U}) {
            Nearest nearest;
            with_threads(threads, [&] {
                nearest = nearest_of(task, Rows(pool.embeddings), pool.candidates, count);
            });
            for (const auto i : pool.candidates) {
                auto others = pool.candidates;
                std::erase(others, i);
                std::vector<float> squares;
                for (const auto j : pool.candidates)
                    squares.push_back(
                        squared_distance(pool.embeddings.row(i), pool.embeddings.row(j)));
                const auto squared = [&](SampleIndex j) { return squares[j]; };
                std::ranges::stable_sort(others, {}, squared);
                for (std::size_t k = 0; k < count; ++k) {
                    REQUIRE(nearest.others[i * count + k] == others[k]);
                    REQUIRE(nearest.squared[i * count + k] == squared(others[k]));
                }
            }
        }
    }
}

TEST_CASE(
    "an approximate search says which share it found, and finds all where it looks everywhere",
    "[selection]") {
    constexpr std::size_t samples = 10'500;
    constexpr std::size_t count = 10;
    auto pool = random_pool(samples, 8, 3);
    // Some copies of each other, so that there are equals.
    for (std::size_t i = 0; i < 200; ++i)
        std::ranges::copy(pool.embeddings.row(i), pool.embeddings.row(samples - 1 - i).begin());
    Task task{.pool = pool, .random = Random(1, 1, "nearest")};
    const Rows rows(pool.embeddings);
    const auto exact = nearest_of(task, rows, pool.candidates, count);

    double recall = 0;
    task.options.search = Search::approximate;
    task.options.recalled = [&](double share) { recall = share; };
    const auto close = nearest_of(task, rows, pool.candidates, count);
    std::size_t found = 0;
    for (std::size_t i = 0; i < samples; ++i)
        for (std::size_t k = 0; k < count; ++k)
            found += close.squared[i * count + k] <= exact.squared[(i + 1) * count - 1] ? 1 : 0;
    const double share = static_cast<double>(found) / static_cast<double>(samples * count);
    CHECK(share > 0.7);
    CHECK(share < 1);
    CHECK(recall == Approx(share).margin(0.03));  // of 200 of them

    Nearest again;
    with_threads(8, [&] { again = nearest_of(task, rows, pool.candidates, count); });
    CHECK(again.others == close.others);
    CHECK(again.squared == close.squared);

    task.options.probes = 1'000'000;
    const auto all = nearest_of(task, rows, pool.candidates, count);
    CHECK(all.others == exact.others);
    CHECK(all.squared == exact.squared);
    CHECK(recall == 1);

    // However few lists, everybody has as many neighbours as asked for.
    task.options.probes = 1;
    const auto few = nearest_of(task, rows, pool.candidates, 400);
    CHECK(std::ranges::max(few.others) < samples);
}

}  // namespace trommel::selection
