// Average linkage by the letter: all pairs of all clusters before each merge.
#include "selection/strategies/linkage.hpp"
#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <set>

namespace trommel::selection {

namespace {

using Groups = std::vector<Samples>;

double mean_square(const OwnedPool& pool, const Samples& one, const Samples& other) {
    double sum = 0;
    for (const auto i : one) {
        for (const auto j : other) sum += std::pow(distance_of(pool, i, j), 2);
    }
    return sum / static_cast<double>(one.size() * other.size());
}

/// Merges the nearest two until there are `count`, or the nearest are farther than `most`.
Groups plain_linkage(const OwnedPool& pool, const Samples& from, std::size_t count, double most) {
    Groups groups;
    for (const auto sample : from) groups.push_back({sample});
    while (groups.size() > count) {
        double least = 1e300;
        std::size_t best[2] = {};
        for (std::size_t a = 0; a < groups.size(); ++a) {
            for (std::size_t b = a + 1; b < groups.size(); ++b) {
                const double mine = mean_square(pool, groups[a], groups[b]);
                if (mine >= least) continue;
                least = mine;
                best[0] = a;
                best[1] = b;
            }
        }
        if (least > most) break;
        auto& into = groups[best[0]];
        into.insert(into.end(), groups[best[1]].begin(), groups[best[1]].end());
        std::ranges::sort(into);
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best[1]));
    }
    std::ranges::sort(groups);
    return groups;
}

Samples round_robin(Groups groups, std::size_t count, Random random) {
    std::ranges::stable_sort(groups, {}, [](const Samples& group) { return group.size(); });
    Samples picked;
    while (picked.size() < count) {
        for (auto& group : groups) {
            if (group.empty() || picked.size() == count) continue;
            const auto drawn =
                group.begin() + static_cast<std::ptrdiff_t>(random.below(group.size()));
            picked.push_back(*drawn);
            group.erase(drawn);
        }
    }
    return picked;
}

}  // namespace

TEST_CASE("cluster_margin draws from clusters of average linkage, the smallest first",
          "[selection]") {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        auto pool = random_pool(150, 1 + seed, seed);
        if (seed % 2 == 1) pool.preselected = {1, 2, 99};
        const double radius = seed % 3 == 2 ? 0.3 * std::sqrt(static_cast<double>(seed)) : 0;
        auto some = highest(pool, pool.scores, 83);
        std::erase_if(some,
                      [&](SampleIndex i) { return std::ranges::count(pool.preselected, i) > 0; });
        some.resize(80);
        std::ranges::sort(some);
        const auto groups = radius > 0 ? plain_linkage(pool, some, 1, radius * radius)
                                       : plain_linkage(pool, some, 8, 1e300);
        INFO(seed);
        CHECK(samples(pick(
                  "cluster_margin", pool, {.picks = 20}, {.oversampling = 4, .radius = radius})) ==
              round_robin(groups, 20, Random(1, 1, "x")));
    }
}

TEST_CASE("average linkage of copies merges them first, at height 0", "[selection]") {
    const auto pool = pool_of({{1}, {5}, {1}, {5}, {1}});
    std::vector<const float*> rows;
    for (const auto i : pool.candidates) rows.push_back(pool.embeddings.row(i).data());
    const auto merges = average_linkage(rows, 1, [] {});
    REQUIRE(merges.size() == 4);
    CHECK(merges[2].height == 0);
    CHECK(merges[3].height == 16);
    CHECK(clusters_after(merges, 3, 5) == std::vector<std::uint32_t>{0, 1, 0, 1, 0});
    CHECK(clusters_after(merges, 0, 5) == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
}

TEST_CASE("cluster_margin refuses what it cannot use", "[selection]") {
    auto pool = random_pool(5, 2, 9);
    CHECK_THROWS_WITH(pick("cluster_margin", pool, {.min_distance = 1}),
                      Catch::Contains("give that number"));
    CHECK_THROWS_WITH(pick("cluster_margin", pool, {.picks = 2}, {.oversampling = 0.5}),
                      Catch::Contains("oversampling of cluster_margin is 0.5; give 1 or more"));
    pool.scores[2] = std::nan("");
    CHECK_THROWS_WITH(pick("cluster_margin", pool, {.picks = 2}), Catch::Contains("sample 2"));
}

}  // namespace trommel::selection
