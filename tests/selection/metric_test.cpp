#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

namespace trommel::selection {

TEST_CASE("every strategy uses cosines as it uses distances of embeddings of length 1",
          "[selection]") {
    auto pool = random_pool(150, 5, 1);
    pool.preselected = {4, 70};
    auto normalised = pool;
    for (const auto i : pool.candidates) {
        double sum = 0;
        for (const float x : pool.embeddings.row(i)) sum += double{x} * double{x};
        for (float& x : normalised.embeddings.row(i))
            x = static_cast<float>(double{x} / std::sqrt(sum));
    }
    const Samples query{1, 2};
    for (const auto& strategy : strategies()) {
        INFO(strategy.name);
        const Stop stop{.picks = 20, .min_distance = strategy.name == "deduplicate" ? 0.01 : -1};
        StrategyOptions options{.radius = 0.3, .query = query, .goals = all_goals(pool)};
        const auto expected = samples(pick(strategy.name, normalised, stop, options));
        options.metric = Metric::cosine;
        CHECK(samples(pick(strategy.name, pool, stop, options)) == expected);
    }
}

TEST_CASE("a distance by cosines is the root of 2 - 2 cosine", "[selection]") {
    const auto pool = pool_of({{1, 0}, {5, 5}, {0, 0.01F}, {-1e20F, 0}});
    const auto picks = pick("coreset", pool, {.picks = 3}, {.metric = Metric::cosine});
    CHECK(samples(picks) == Samples{0, 3, 2});
    CHECK(*picks[1].distance == Approx(2));
    CHECK(*picks[2].distance == Approx(std::sqrt(2)));
}

TEST_CASE("cosines refuse embeddings without a direction, where they are looked at",
          "[selection]") {
    auto pool = random_pool(6, 2, 1);
    for (float& x : pool.embeddings.row(4)) x = 0;
    const StrategyOptions cosine{.metric = Metric::cosine};
    CHECK_THROWS_WITH(pick("coreset", pool, {.picks = 2}, cosine),
                      Catch::Contains("sample 4 is all zeros"));
    pool.candidates = {0, 1, 2, 5};
    CHECK(pick("coreset", pool, {.picks = 2}, cosine).size() == 2);
    pool.preselected = {4};
    CHECK_THROWS_WITH(pick("coreset", pool, {.picks = 2}, cosine),
                      Catch::Contains("sample 4 is all zeros"));
    pool.embeddings(4, 1) = std::nanf("");
    CHECK_THROWS_WITH(pick("coreset", pool, {.picks = 2}, cosine),
                      Catch::Contains("sample 4 has a value that is not finite"));
}

TEST_CASE("a proportion is of the candidates that are not preselected, rounded up", "[selection]") {
    auto pool = random_pool(31, 2, 1);
    pool.preselected = {3};
    const auto count = [&](double proportion) {
        const auto picks = select("coreset", pool, {.proportion = proportion});
        return picks.size();
    };
    CHECK(count(0.1) == 3);
    CHECK(count(0.101) == 4);
    CHECK(count(1e-9) == 1);
    CHECK(count(1) == 30);
    for (const auto& strategy : strategies()) {
        INFO(strategy.name);
        const Samples query{1};
        const double distance = strategy.name == "deduplicate" ? 1e-6 : -1;
        const StrategyOptions options{.radius = 1, .query = query, .goals = all_goals(pool)};
        const Stop half{.proportion = 0.5, .min_distance = distance};
        CHECK(pick(strategy.name, pool, half, options).size() == 15);
        const Stop fewer{.picks = 2, .proportion = 0.5, .min_distance = distance};
        CHECK(pick(strategy.name, pool, fewer, options).size() == 2);
    }
    for (const double wrong : {0.0, -0.5, 1.5, std::nan("")})
        CHECK_THROWS_WITH(count(wrong), Catch::Contains("give a share above 0 and at most 1"));
}

}  // namespace trommel::selection
