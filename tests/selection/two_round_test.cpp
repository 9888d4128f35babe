#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>

namespace trommel::selection {

namespace {

/// Farthest first by the letter, from the lowest sample on where nothing is chosen.
Samples plain_coreset(const OwnedPool& pool, const Samples& from, std::size_t count) {
    Samples chosen = pool.preselected;
    Samples picked;
    while (picked.size() < std::min(count, from.size())) {
        double most = -1;
        SampleIndex best = 0;
        for (const auto i : from) {
            if (std::ranges::count(picked, i) > 0) continue;
            double least = 1e300;
            for (const auto j : chosen) least = std::min(least, distance_of(pool, i, j));
            if (least <= most) continue;
            most = least;
            best = i;
        }
        picked.push_back(best);
        chosen.push_back(best);
    }
    return picked;
}

double radius_of(const OwnedPool& pool, const Samples& picked) {
    double radius = 0;
    for (const auto i : pool.candidates) {
        double least = 1e300;
        for (const auto j : picked) least = std::min(least, distance_of(pool, i, j));
        for (const auto j : pool.preselected) least = std::min(least, distance_of(pool, i, j));
        radius = std::max(radius, least);
    }
    return radius;
}

}  // namespace

TEST_CASE("coreset_two_round is coreset of the coresets of parts, and tells its radius",
          "[selection]") {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        auto pool = random_pool(200, 2 + seed, seed);
        if (seed % 2 == 1) pool.preselected = {0, 100};
        Samples open;
        std::ranges::set_difference(pool.candidates, pool.preselected, std::back_inserter(open));
        constexpr std::size_t parts = 4;  // the root of 200 or 198 by 12
        Samples chosen;
        for (std::size_t part = 0; part < parts; ++part) {
            Samples mine;
            for (std::size_t i = part; i < open.size(); i += parts) mine.push_back(open[i]);
            const auto picked = plain_coreset(pool, mine, 12);
            chosen.insert(chosen.end(), picked.begin(), picked.end());
        }
        std::ranges::sort(chosen);
        Coverage coverage;
        const StrategyOptions options{.covered = [&](const Coverage& it) { coverage = it; }};
        const auto picks = pick("coreset_two_round", pool, {.picks = 12}, options);
        INFO(seed);
        CHECK(samples(picks) == plain_coreset(pool, chosen, 12));
        CHECK(coverage.radius == Approx(radius_of(pool, samples(picks))));
        double apart = coverage.radius;
        for (const auto& pick : picks) apart = std::min(apart, pick.distance.value_or(apart));
        CHECK(coverage.radius_ratio == Approx(2 * coverage.radius / apart));
        CHECK(coverage.radius_ratio >= 2);
        CHECK(coverage.radius_ratio <= 8);
        // The best there is cannot be better by more than the ratio; nor is the exact greedy one.
        const auto exact = radius_of(pool, samples(pick("coreset", pool, {.picks = 12})));
        CHECK(coverage.radius <= coverage.radius_ratio * exact);
    }
}

TEST_CASE("coreset_two_round of copies, of all there is, and with a first sample", "[selection]") {
    Coverage coverage;
    const StrategyOptions options{.covered = [&](const Coverage& it) { coverage = it; }};
    const auto copies = pool_of({{2}, {2}, {2}, {2}});
    CHECK(pick("coreset_two_round", copies, {.picks = 2}, options).size() == 2);
    CHECK(coverage.radius == 0);
    CHECK(coverage.radius_ratio == 1);
    auto pool = random_pool(40, 3, 2);
    CHECK(pick("coreset_two_round", pool, {.picks = 40}, options).size() == 40);
    CHECK(coverage.radius == 0);
    const StrategyOptions from_seven{.objective = {.first_sample = 7}};
    CHECK(pick("coreset_two_round", pool, {.picks = 5}, from_seven)[0].sample == 7);
    CHECK_THROWS_WITH(pick("coreset_two_round", pool, {.min_distance = 1}),
                      Catch::Contains("give that number"));
}

}  // namespace trommel::selection
