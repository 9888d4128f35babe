// What a selection says that it takes of memory; tests/cli/select_test.cpp measures it.
#include "trommel/selection/select.hpp"

#include <catch2/catch.hpp>

namespace trommel::selection {

namespace {

Extent extent_of(std::size_t candidates) {
    return {.candidates = candidates,
            .dimensions = 128,
            .picks = 100,
            .rows = candidates,
            .classes = 10,
            .query = 3};
}

}  // namespace

TEST_CASE("every strategy states how much memory it takes, more for more samples", "[selection]") {
    const StrategyOptions options{.goals = {{.kind = Goal::Kind::diversity},
                                            {.kind = Goal::Kind::typicality},
                                            {.kind = Goal::Kind::balance}}};
    for (const auto& strategy : strategies()) {
        INFO(strategy.name);
        const auto few = memory_bound(strategy, options, extent_of(1000));
        const auto many = memory_bound(strategy, options, extent_of(1'000'000));
        CHECK(few < many);
        CHECK(many > 8'000'000);
        // Nobody holds an n x n matrix.
        if (strategy.name != "prob_cover") CHECK(many < 1'000'000 * std::size_t{2000});
    }
}

TEST_CASE("what is asked for beside a strategy takes its memory", "[selection]") {
    const auto& coreset = *find_strategy("coreset");
    const auto extent = extent_of(100'000);
    const auto plain = memory_bound(coreset, {}, extent);
    CHECK(memory_bound(coreset, {.metric = Metric::cosine}, extent) >=
          plain + 100'000 * 128 * sizeof(float));
    CHECK(memory_bound(coreset, {.thresholds = std::vector<Threshold>(1)}, extent) > plain);
    auto later = extent;
    later.preselected = 10'000;
    CHECK(memory_bound(coreset, {}, later) > plain + 10'000 * 128 * sizeof(float));
    auto sparse = extent;
    sparse.pairs = 100'000;
    const auto& prob_cover = *find_strategy("prob_cover");
    CHECK(memory_bound(prob_cover, {}, sparse) < memory_bound(prob_cover, {}, extent));
}

}  // namespace trommel::selection
