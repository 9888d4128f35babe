#include "trommel/selection/strategy_settings.hpp"

#include "trommel/core/error.hpp"
#include "trommel/selection/stop_reason.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace trommel::selection {

using Catch::Matchers::Contains;

TEST_CASE("every setting is looked at by strategies that there are", "[selection]") {
    for (const auto& setting : strategy_settings()) {
        INFO(setting.name);
        CHECK_FALSE(setting.help.empty());
        CHECK_FALSE(strategies_of(setting).empty());
        CHECK(std::ranges::any_of(strategies(), [&](const Strategy& strategy) {
            return accepts(strategy.name, setting);
        }));
        CHECK(find_strategy_setting(setting.name) == &setting);
    }
}

TEST_CASE("a default that is written down reads back as itself", "[selection]") {
    for (const auto& setting : strategy_settings()) {
        StrategyOptions options;
        set(options, setting, value_of({}, setting));
        CHECK(value_of(options, setting) == value_of({}, setting));
    }
}

TEST_CASE("settings reach the options, each written in one way and defaults left out",
          "[selection]") {
    const StrategyChoice choice{
        "coral", {{"combine", "sum"}, {"diversity_strength", "1.0"}, {"score_strength", "-5e-1"}}};

    const auto options = options_of(choice);
    CHECK(options.objective.combination == Combination::sum);
    CHECK(options.objective.score_strength == -0.5);

    const StrategyChoice normal{"coral", {{"combine", "sum"}, {"score_strength", "-0.5"}}};
    CHECK(checked(choice) == normal);
    CHECK(to_text(normal.settings) == "combine=sum score_strength=-0.5");
    CHECK(parse_settings(to_text(normal.settings)) == normal.settings);
    CHECK(parse_settings("").empty());
    CHECK_THROWS_AS(parse_settings("combine"), DataError);
}

TEST_CASE("what a strategy cannot be told is refused", "[selection]") {
    const auto refusal =
        [](const std::string& strategy, const std::string& name, const char* value) {
            try {
                checked({strategy, {{name, value}}});
            } catch (const DataError& error) {
                return std::string(error.what());
            }
            return std::string("nothing is wrong");
        };
    CHECK(refusal("coreset", "first", "last") ==
          "'first' has to be one of first, random, centroid, not 'last'");
    CHECK_THAT(refusal("dmbal", "oversampling", "0.5"), Contains("a number of at least 1"));
    CHECK_THAT(refusal("dmbal", "oversampling", "nan"), Contains("not 'nan'"));
    CHECK_THAT(refusal("dmbal", "oversampling", "inf"), Contains("not 'inf'"));
    CHECK_THAT(refusal("typicality", "neighbors", "-1"), Contains("whole number"));
    CHECK_THAT(refusal("typicality", "neighbors", "1e300"), Contains("whole number"));
    CHECK(refusal("dmbal", "oversamplin", "2") ==
          "dmbal has no option 'oversamplin'; did you mean 'oversampling'?");
    CHECK(refusal("random", "radius", "2") == "random does not use 'radius'; it has no options");
    CHECK_THROWS_WITH(checked({"prob_cover", {}}), "prob_cover needs 'radius'");
    CHECK_THAT(refusal("random", "metric", "cosine"), Contains("random does not use 'metric'"));
    CHECK(refusal("typicality", "metric", "cosine") == "nothing is wrong");
    CHECK_NOTHROW(checked({"cluster_margin", {}}));
    CHECK_NOTHROW(checked({"combined", {{"metric", "cosine"}, {"neighbors", "3"}}}));
    CHECK_THROWS_WITH(checked_for_job({"badge", {}}), Contains("the probabilities of all classes"));
    CHECK_THAT(refusal("corset", "first", "first"), Contains("did you mean 'coreset'?"));
}

TEST_CASE("the rule that stopped a selection is known from its numbers", "[selection]") {
    CHECK(stop_reason_of(3, 9, 9, 3, -1) == StopReason::wanted);
    CHECK(stop_reason_of(9, 9, 9, 10, -1) == StopReason::none_left);
    CHECK(stop_reason_of(4, 9, 9, 5, 0.5) == StopReason::min_distance);
    CHECK(stop_reason_of(4, 9, 9, {}, -1) == StopReason::strategy);
    CHECK(stop_reason_of(4, 9, 4, 5, 0.5) == StopReason::threshold);
    using enum StopReason;
    for (const auto stop_reason : {wanted, none_left, min_distance, threshold, strategy}) {
        CHECK(parse_stop_reason(to_string(stop_reason)) == stop_reason);
        CHECK_FALSE(describe(stop_reason).empty());
    }
    CHECK_FALSE(parse_stop_reason("tired"));
}

}  // namespace trommel::selection
