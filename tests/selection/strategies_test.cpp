// The strategies against brute force, in double precision and by the letter.
#include "selection/strategies/kmeans.hpp"
#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace trommel::selection {

TEST_CASE("every strategy has a name, a sentence and a source, and is found", "[selection]") {
    std::set<std::string_view> names;
    for (const auto& strategy : strategies()) {
        CHECK(names.insert(strategy.name).second);
        CHECK_FALSE(strategy.summary.empty());
        CHECK_FALSE(strategy.source.empty());
        CHECK(find_strategy(strategy.name) == &strategy);
    }
    CHECK(find_strategy("coresets") == nullptr);
}

TEST_CASE("every strategy picks distinct candidates and none that is preselected, for any threads",
          "[selection]") {
    auto pool = random_pool(150, 6, 1);
    pool.preselected = {3, 50, 149};
    const Samples query{1, 2};
    const auto goals = all_goals(pool);
    for (const auto& strategy : strategies()) {
        INFO(strategy.name);
        const Stop stop{.picks = 20, .min_distance = strategy.name == "deduplicate" ? 0.01 : -1};
        const auto one =
            samples(pick(strategy.name,
                         pool,
                         stop,
                         {.radius = 0.3, .query = query, .goals = goals, .threads = 1}));
        const auto four =
            samples(pick(strategy.name,
                         pool,
                         stop,
                         {.radius = 0.3, .query = query, .goals = goals, .threads = 4}));
        CHECK(one == four);
        CHECK(one.size() == 20);
        const std::set<SampleIndex> distinct(one.begin(), one.end());
        CHECK(distinct.size() == one.size());
        for (const auto sample : pool.preselected) CHECK_FALSE(distinct.contains(sample));
    }
}

TEST_CASE("strategies pick all there is when asked for more", "[selection]") {
    const auto pool = random_pool(9, 3, 2);
    const Samples query{0};
    const auto goals = all_goals(pool);
    for (const auto& strategy : strategies()) {
        INFO(strategy.name);
        const Stop stop{.picks = 50, .min_distance = strategy.name == "deduplicate" ? 1e-6 : -1};
        const StrategyOptions options{.radius = 1, .query = query, .goals = goals};
        CHECK(pick(strategy.name, pool, stop, options).size() == 9);
    }
}

TEST_CASE("typicality is one over the mean distance to the nearest", "[selection]") {
    const auto pool = random_pool(333, 5, 3);
    std::vector<double> worth;
    for (const auto i : pool.candidates) {
        std::vector<double> distances;
        for (const auto j : pool.candidates) {
            if (i != j) distances.push_back(distance_of(pool, i, j));
        }
        std::ranges::sort(distances);
        double sum = 0;
        for (std::size_t k = 0; k < 7; ++k) sum += distances[k];
        worth.push_back(7 / sum);
    }
    CHECK(samples(pick("typicality", pool, {.picks = 40}, {.neighbors = 7})) ==
          highest(pool, worth, 40));
}

TEST_CASE("typicality of copies is highest and still a number", "[selection]") {
    const auto pool = pool_of({{0}, {5}, {5}, {5}, {9}});
    const auto picks = pick("typicality", pool, {.picks = 4}, {.neighbors = 2});
    CHECK(samples(picks) == Samples{1, 2, 3, 4});
}

TEST_CASE("information density is score times mean cosine", "[selection]") {
    const auto pool = random_pool(200, 4, 4);
    std::vector<double> worth;
    for (const auto i : pool.candidates) {
        double mean = 0;
        for (const auto j : pool.candidates) mean += cosine_of(pool, i, j) / 200;
        worth.push_back(pool.scores[i] * std::pow(std::max(mean, 0.0), 2));
    }
    const auto picks = pick("information_density", pool, {.picks = 30}, {.density_strength = 2});
    CHECK(samples(picks) == highest(pool, worth, 30));
    CHECK(picks[0].score == pool.scores[picks[0].sample]);
}

TEST_CASE("similarity is the highest cosine to the query", "[selection]") {
    const auto pool = random_pool(200, 4, 5);
    const Samples query{7, 90};
    std::vector<double> worth;
    for (const auto i : pool.candidates)
        worth.push_back(std::max(cosine_of(pool, i, 7), cosine_of(pool, i, 90)));
    worth[7] = 3;  // cosines of 1, whose last bits are chance
    worth[90] = 2;
    const auto picks = samples(pick("similarity", pool, {.picks = 30}, {.query = query}));
    const auto expected = highest(pool, worth, 30);
    CHECK(std::ranges::equal(std::span(picks).subspan(2), std::span(expected).subspan(2)));
    CHECK_THROWS_WITH(pick("similarity", pool, {.picks = 3}), Catch::Contains("give a query"));
}

TEST_CASE("deduplicate keeps each sample that none before it is near to", "[selection]") {
    for (const std::uint64_t seed : {6, 7, 8}) {
        auto pool = random_pool(seed == 8 ? 9000 : 300, 2, seed);
        pool.preselected = {4, 100};
        for (const double distance : {0.02, 0.1, 0.3}) {
            Samples kept = pool.preselected;
            for (const auto i : pool.candidates) {
                const auto is_near = [&](SampleIndex j) {
                    return distance_of(pool, i, j) < distance;
                };
                if (std::ranges::none_of(kept, is_near)) kept.push_back(i);
            }
            kept.erase(kept.begin(), kept.begin() + 2);
            CHECK(samples(pick("deduplicate", pool, {.min_distance = distance})) == kept);
        }
    }
    CHECK_THROWS_WITH(pick("deduplicate", random_pool(3, 1, 1), {.picks = 3}),
                      Catch::Contains("needs a min_distance"));
}

TEST_CASE("deduplicate counts a sample at the very distance as different", "[selection]") {
    const auto pool = pool_of({{0}, {0.1F}, {0.2F}, {0.2F}});
    const double distance = double{0.1F};
    CHECK(samples(pick("deduplicate", pool, {.min_distance = distance})) == Samples{0, 1, 2});
    CHECK(samples(pick("deduplicate", pool, {.min_distance = distance * 1.001})) == Samples{0, 2});
}

TEST_CASE("dmbal takes one sample of each group of high scores, the heaviest group first",
          "[selection]") {
    // Three groups; that at 100 has scores near 0 and is not among the highest.
    auto pool = pool_of({{0}, {0.1F}, {0.2F}, {10}, {10.1F}, {100}, {100.1F}, {100.2F}});
    pool.scores = {0.9, 0.9, 0.9, 0.8, 0.8, 0.1, 0.1, 0.1};
    const auto picks = pick("dmbal", pool, {.picks = 2}, {.oversampling = 2.5});
    CHECK(samples(picks) == Samples{1, 3});
    CHECK(picks[0].score == 0.9);
}

TEST_CASE("dmbal of copies fills up with the highest scores", "[selection]") {
    auto pool = pool_of({{1}, {1}, {1}, {1}});
    pool.scores = {0.1, 0.4, 0.3, 0.2};
    auto picks = samples(pick("dmbal", pool, {.picks = 3}));
    std::ranges::sort(picks);
    CHECK(std::ranges::adjacent_find(picks) == picks.end());
    CHECK(picks.size() == 3);
}

TEST_CASE("dmbal refuses what it cannot weigh by", "[selection]") {
    auto pool = random_pool(5, 2, 9);
    CHECK_THROWS_WITH(pick("dmbal", pool, {.min_distance = 1}),
                      Catch::Contains("give that number"));
    CHECK_THROWS_WITH(pick("dmbal", pool, {.picks = 2}, {.oversampling = 0.5}),
                      Catch::Contains("give 1 or more"));
    pool.scores[2] = -1;
    CHECK_THROWS_WITH(pick("dmbal", pool, {.picks = 2}), Catch::Contains("score of sample 2"));
}

TEST_CASE("k-means ends where every row is with its nearest centre, which is their mean",
          "[selection]") {
    const auto pool = random_pool(400, 3, 10);
    std::vector<const float*> rows;
    for (const auto i : pool.candidates) rows.push_back(pool.embeddings.row(i).data());
    const auto clusters = weighted_kmeans(rows, 3, pool.scores, 5, Random(1, 1, "kmeans"), [] {});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        double least = 1e9;
        for (std::size_t c = 0; c < 5; ++c) {
            double sum = 0;
            for (std::size_t j = 0; j < 3; ++j)
                sum += std::pow(double{rows[i][j]} - double{clusters.centers[c * 3 + j]}, 2);
            least = std::min(least, sum);
        }
        CHECK(double{clusters.squared[i]} == Approx(least).margin(1e-9));
    }
    double total = 0;
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (clusters.of_row[i] != 2) continue;
        total += pool.scores[i];
        sum += pool.scores[i] * double{rows[i][1]};
    }
    CHECK(double{clusters.centers[2 * 3 + 1]} == Approx(sum / total).epsilon(1e-3));
}

TEST_CASE("k-means++ draws far samples more often, and never a copy of a chosen one",
          "[selection]") {
    auto pool = pool_of({{0}, {0}, {1}, {3}});
    pool.preselected = {0};
    int far = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const auto picks =
            select(*find_strategy("kmeans++"),
                   {.pool = pool, .stop = {.picks = 1}, .random = Random(seed, 1, "x")});
        CHECK(picks[0].sample >= 2);
        if (picks[0].sample == 3) ++far;
    }
    CHECK(far == Approx(2000 * 0.9).epsilon(0.04));  // 9 of 1 + 9
}

TEST_CASE("prob_cover covers the most that is not covered, again and again", "[selection]") {
    auto pool = random_pool(200, 2, 14);
    pool.preselected = {10, 60};
    const double radius = 0.12;
    std::set<SampleIndex> covered;
    const auto ball = [&](SampleIndex i) {
        Samples members;
        for (const auto j : pool.candidates) {
            if (distance_of(pool, i, j) <= radius) members.push_back(j);
        }
        return members;
    };
    const auto cover = [&](SampleIndex i) {
        for (const auto j : ball(i)) covered.insert(j);
    };
    for (const auto sample : pool.preselected) cover(sample);
    Samples expected;
    while (expected.size() < 30) {
        SampleIndex best = 0;
        long most = -1;
        for (const auto i : pool.candidates) {
            if (std::ranges::count(expected, i) + std::ranges::count(pool.preselected, i) > 0)
                continue;
            const auto members = ball(i);
            const auto gain =
                std::ranges::count_if(members, [&](SampleIndex j) { return !covered.contains(j); });
            if (gain > most) {
                most = gain;
                best = i;
            }
        }
        expected.push_back(best);
        cover(best);
    }
    CHECK(samples(pick("prob_cover", pool, {.picks = 30}, {.radius = radius})) == expected);
    CHECK_THROWS_WITH(pick("prob_cover", pool, {.picks = 3}), Catch::Contains("give their radius"));
}

TEST_CASE("typiclust takes the middle of each group, the largest first", "[selection]") {
    const auto pool = pool_of({{0}, {1}, {2.2F}, {100}, {101}, {102}, {103.5F}, {500}});
    // In the group at 100 the two nearest of 101 are at 1 and 1, those of 102 at 1 and 1.5.
    CHECK(samples(pick("typiclust", pool, {.picks = 3}, {.neighbors = 2})) == Samples{4, 1, 7});

    auto later = pool;
    later.preselected = {5};
    CHECK(samples(pick("typiclust", later, {.picks = 2}, {.neighbors = 2})) == Samples{1, 7});

    // What is chosen counts, though a threshold would leave it out.
    auto unlike = later;
    unlike.scores[5] = 0;
    const std::vector<Threshold> likes{{.values = unlike.scores, .least = 0.5}};
    CHECK(samples(pick("typiclust", unlike, {.picks = 2}, {.neighbors = 2, .thresholds = likes})) ==
          Samples{1, 7});
    CHECK_THROWS_WITH(pick("typiclust", pool, {.min_distance = 1}),
                      Catch::Contains("give that number"));
}

TEST_CASE("scores of chosen samples are not gone by", "[selection]") {
    auto pool = random_pool(30, 3, 12);
    pool.preselected = {2, 9};
    auto odd = pool;
    odd.scores[2] = std::nan("");
    odd.scores[9] = -1;
    for (const auto* name : {"active_learning", "coral", "dmbal", "cluster_margin"})
        CHECK(samples(pick(name, odd, {.picks = 5})) == samples(pick(name, pool, {.picks = 5})));
}

TEST_CASE("auto begins with coreset and goes on with dmbal", "[selection]") {
    auto pool = random_pool(100, 4, 11);
    CHECK(samples(pick("auto", pool, {.picks = 9})) ==
          samples(pick("coreset", pool, {.picks = 9})));
    pool.preselected = {0, 1};
    CHECK(samples(pick("auto", pool, {.picks = 9})) == samples(pick("dmbal", pool, {.picks = 9})));
}

TEST_CASE("strategies refuse pools without what they need, and values that are not finite",
          "[selection]") {
    const Samples candidates{0, 1};
    const Pool bare{.candidates = candidates};
    for (const auto& strategy : strategies()) {
        if (strategy.needs_embeddings || strategy.needs_scores || strategy.needs_probabilities)
            CHECK_THROWS_AS(pick(strategy.name, bare, {.picks = 1}), DataError);
    }
    auto pool = random_pool(5, 2, 12);
    pool.embeddings(3, 1) = std::nanf("");
    const Samples query{0};
    for (const auto* name :
         {"typicality", "dmbal", "kmeans++", "similarity", "information_density"})
        CHECK_THROWS_WITH(pick(name, pool, {.picks = 1}, {.query = query}),
                          Catch::Contains("sample 3"));
}

TEST_CASE("strategies are stopped on request", "[selection]") {
    const auto pool = random_pool(50, 2, 13);
    std::stop_source stop;
    stop.request_stop();
    const Samples query{0};
    const auto goals = all_goals(pool);
    for (const auto& strategy : strategies()) {
        INFO(strategy.name);
        const Task task{.pool = pool,
                        .stop = {.picks = 5, .min_distance = 0.001},
                        .random = Random(1, 1, "x"),
                        .progress = {.cancelled = stop.get_token()},
                        .options = {.radius = 1, .query = query, .goals = goals}};
        CHECK_THROWS_AS(select(strategy, task), Interrupted);
    }
}

}  // namespace trommel::selection
