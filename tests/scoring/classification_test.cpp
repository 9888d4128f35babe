#include "trommel/scoring/classification.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace trommel::scoring {

namespace {

Probabilities random_probabilities(std::size_t samples, std::size_t classes) {
    Random random(5, 1, "probabilities");
    Probabilities probs(samples, classes);
    for (std::size_t i = 0; i < samples; ++i) {
        double sum = 0;
        for (double& p : probs.row(i)) sum += p = random.uniform();
        for (double& p : probs.row(i)) p /= sum;
    }
    return probs;
}

const std::vector<std::string> margin_only{"uncertainty_margin"};

}  // namespace

TEST_CASE("the classification scorer gives Lightly's three scores in Lightly's order",
          "[scoring]") {
    const ScorerClassification scorer(Probabilities{{0.5, 0.25, 0.25}, {1, 0, 0}});
    const auto scores = scorer.calculate_scores();

    REQUIRE(scores.size() == 3);
    CHECK(scores[0].name == "uncertainty_least_confidence");
    CHECK(scores[0].values[0] == Approx(0.75));  // 0.5 / (2/3)
    CHECK(scores[1].name == "uncertainty_margin");
    CHECK(scores[1].values[0] == 0.75);
    CHECK(scores[2].name == "uncertainty_entropy");
    CHECK(scores[2].values[0] == Approx(1.5 / std::log2(3)));
    for (const auto& score : scores) CHECK(score.values[1] == 0);
}

TEST_CASE("no samples give all three scores of no samples", "[scoring]") {
    const auto scores = ScorerClassification(Probabilities{}).calculate_scores();

    REQUIRE(scores.size() == 3);
    for (const auto& score : scores) CHECK(score.values.empty());
}

TEST_CASE("samples without classes are refused when the scorer is made", "[scoring]") {
    CHECK_THROWS_AS(ScorerClassification(Probabilities(3, 0)), DataError);
    CHECK_THROWS_WITH(score_classification(Probabilities(3, 0), margin_only),
                      Catch::Contains("3 samples have no classes"));
}

TEST_CASE("a binary classifier may give one column", "[scoring]") {
    const auto one = ScorerClassification(Probabilities{{0.25}, {0.5}}).calculate_scores();
    const auto two = ScorerClassification(Probabilities{{0.25, 0.75}, {0.5, 0.5}});

    CHECK(one == two.calculate_scores());
}

TEST_CASE("only the scores asked for are given in the order asked for", "[scoring]") {
    const Probabilities probs{{0.75, 0.25}};
    const std::vector<std::string> names{"uncertainty_entropy", "uncertainty_margin"};

    const auto scores = score_classification(probs, names);

    REQUIRE(scores.size() == 2);
    CHECK(scores[0].name == "uncertainty_entropy");
    CHECK(scores[1] == ScoreColumn{"uncertainty_margin", {0.5}});
}

TEST_CASE("an old score name gives today's column", "[scoring]") {
    const Probabilities probs{{0.75, 0.25}};
    const std::vector<std::string> names{"prediction-margin"};

    const auto scores = score_classification(probs, names);

    CHECK(scores == Scores{{"uncertainty_least_confidence", {0.5}}});
}

TEST_CASE("an unknown score name is refused with what there is", "[scoring]") {
    const std::vector<std::string> names{"uncertainty_margn"};
    CHECK_THROWS_AS(score_classification(Probabilities{{1, 0}}, names), ConfigError);
}

TEST_CASE("permuting the samples permutes their scores", "[scoring]") {
    const auto probs = random_probabilities(40, 11);
    Random random(6, 1, "permutation");
    const auto order = draw(random, 40, 40);
    Probabilities permuted;
    for (const auto i : order) permuted.append_row(probs.row(i));

    const auto scores = ScorerClassification(probs).calculate_scores();
    const auto permuted_scores = ScorerClassification(permuted).calculate_scores();

    for (std::size_t column = 0; column < 3; ++column) {
        for (std::size_t i = 0; i < 40; ++i) {
            CHECK(permuted_scores[column].values[i] == scores[column].values[order[i]]);
        }
    }
}

TEST_CASE("scores of probabilities lie between 0 and 1", "[scoring]") {
    for (const auto& score :
         ScorerClassification(random_probabilities(100, 5)).calculate_scores()) {
        for (const double value : score.values) {
            CHECK(value > 0);
            CHECK(value < 1);
        }
    }
}

TEST_CASE("permuting the classes leaves least confidence and margin as they are", "[scoring]") {
    const Probabilities probs{{0.1, 0.2, 0.7}, {0.7, 0.1, 0.2}};
    const auto scores = ScorerClassification(probs).calculate_scores();
    CHECK(scores[0].values[0] == scores[0].values[1]);
    CHECK(scores[1].values[0] == scores[1].values[1]);
}

}  // namespace trommel::scoring
