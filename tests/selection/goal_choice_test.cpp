// Goals and thresholds as people write them, and what a job makes of them.
#include "trommel/selection/goal_choice.hpp"

#include "trommel/core/error.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <catch2/catch.hpp>

namespace trommel::selection {

using Catch::Matchers::Contains;

TEST_CASE("goals and thresholds read back in the one way they are written", "[selection]") {
    const auto goal = [](std::string_view text) { return to_text(parse_goal(text)); };
    CHECK(goal("diversity^1.0") == "diversity");
    CHECK(goal("weights=uncertainty_margin^2e0") == "weights=uncertainty_margin^2");
    CHECK(goal("typicality^-0.5") == "typicality^-0.5");
    CHECK(goal("balance=weather.csv") == "balance=weather.csv");
    CHECK(parse_goal("weights=a=b^3").of == "a=b");

    const auto threshold = [](std::string_view text) {
        return to_text(parse_threshold(text, "SCORE"));
    };
    CHECK(threshold("blur <= 0.40") == "blur<=0.4");
    CHECK(threshold("uncertainty_margin>=3e-1") == "uncertainty_margin>=0.3");
}

TEST_CASE("a threshold bounds one side", "[selection]") {
    const std::vector<double> values{1, 2};
    const auto most = parse_threshold("blur<=0.4", "SCORE").over(values);
    CHECK(most.most == 0.4);
    CHECK(most.least == Threshold{}.least);
    CHECK(most.values.size() == 2);
    CHECK(parse_threshold("blur>=0.4", "SCORE").over(values).least == 0.4);
}

TEST_CASE("what is not a goal or threshold is refused", "[selection]") {
    CHECK_THROWS_WITH(parse_goal("diversty"),
                      "there is no goal 'diversty'; did you mean 'diversity'?");
    CHECK_THROWS_WITH(parse_goal("speed"), Contains("there are diversity, weights, similarity"));
    CHECK_THROWS_WITH(parse_goal("diversity^much"), "'much' is not a number");
    CHECK_THROWS_WITH(parse_goal("diversity^inf"), "'inf' is not a number");
    for (const auto* text : {"", "blur", "blur=3", "blur>3", "<=3", "blur<"})
        CHECK_THROWS_WITH(parse_threshold(text, "SCORE"), "write SCORE>=NUMBER or SCORE<=NUMBER");
    CHECK_THROWS_WITH(parse_threshold("blur<=low", "SCORE"), "'low' is not a number");
}

TEST_CASE("a job uses goals of scores, and only combined by goals", "[selection]") {
    const StrategyChoice choice{
        .name = "combined",
        .goals = parse_goals_of_job({"diversity^1.0", "weights=blur^-1", "similarity"}),
        .thresholds = parse_thresholds({"blur>=0.1", "margin<=9"})};
    const auto normal = checked_for_job(choice);
    CHECK(to_texts(normal.goals) ==
          std::vector<std::string>{"diversity", "weights=blur^-1", "similarity"});
    CHECK(named_scores(normal) == std::vector<std::string>{"blur", "margin"});
    CHECK(needs_embeddings(normal));
    CHECK(needs_query(normal));
    CHECK_FALSE(
        needs_embeddings({.name = "combined", .goals = parse_goals_of_job({"weights=blur"})}));
    CHECK_FALSE(needs_query({.name = "combined", .goals = parse_goals_of_job({"weights=blur"})}));

    const auto refusal = [](const std::string& strategy, const std::vector<std::string>& goals) {
        try {
            checked_for_job({.name = strategy, .goals = parse_goals_of_job(goals)});
        } catch (const DataError& error) {
            return std::string(error.what());
        }
        return std::string("nothing is wrong");
    };
    CHECK_THAT(refusal("combined", {}), Contains("multiplies goals, and there are none"));
    CHECK_THAT(refusal("coreset", {"diversity"}), Contains("does not use 'goals'; combined does"));
    CHECK_THAT(refusal("combined", {"diversity", "diversity^2"}),
               Contains("diversity is a goal twice"));
    CHECK_THAT(refusal("combined", {"weights"}),
               Contains("weights of which score? Write weights=SCORE"));
    CHECK_THAT(refusal("combined", {"typicality=blur"}), Contains("typicality has no score"));
    CHECK_THAT(refusal("combined", {"balance=x"}),
               Contains("balance is between two categories or more; write the scores"));
    CHECK_THAT(refusal("combined", {"balance"}), Contains("has a category without a name"));
    CHECK_THAT(refusal("combined", {"balance=x+"}), Contains("has a category without a name"));
    CHECK_THAT(refusal("combined", {"balance=x+y:0"}), Contains("a ratio above 0, not '0'"));
    CHECK_THAT(refusal("combined", {"balance=x+y:z"}), Contains("a ratio above 0, not 'z'"));
    CHECK_THAT(refusal("combined", {"balance=x+y+x"}), Contains("names 'x' twice"));
    CHECK_THAT(refusal("balance", {"balance=x+y", "diversity"}),
               Contains("uses goals 'balance=SCORE+SCORE' alone"));
}

TEST_CASE("a job balances between scores", "[selection]") {
    const auto normal = checked_for_job(
        {.name = "balance", .goals = parse_goals_of_job({"balance= day + night:2.0^1"})});
    CHECK(to_texts(normal.goals) == std::vector<std::string>{"balance=day+night:2"});
    CHECK(named_scores(normal) == std::vector<std::string>{"day", "night"});
    CHECK_FALSE(needs_embeddings(normal));
    CHECK(parse_categories("day+night:2")[1].ratio == 2);
}

}  // namespace trommel::selection
