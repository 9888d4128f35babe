#include "trommel/scoring/committee.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace trommel::scoring {

TEST_CASE("a committee of one mind has nothing to argue about", "[scoring]") {
    const Probabilities agreed{{0.5, 0.25, 0.25}, {0.5, 0.25, 0.25}, {0.5, 0.25, 0.25}};
    CHECK(variation_ratio(agreed) == 0);
    CHECK(vote_entropy(agreed) == 0);
    CHECK_FALSE(std::signbit(vote_entropy(agreed)));
    CHECK(bald(agreed) == 0);
}

TEST_CASE("votes go to the likeliest class, the first of equals", "[scoring]") {
    const Probabilities split{{0.5, 0.5, 0}, {0.2, 0.7, 0.1}, {0.9, 0.1, 0}, {0.6, 0.3, 0.1}};
    CHECK(variation_ratio(split) == 0.25);  // three of four for the first class
    // H(3/4, 1/4) = 0.811278 bits, divided by log2 3
    CHECK(vote_entropy(split) == Approx(0.811278 / std::log2(3)).epsilon(1e-6));
}

TEST_CASE("every member for another class is the most disagreement there is", "[scoring]") {
    const Probabilities certain{{1, 0, 0, 0}, {0, 1, 0, 0}};
    CHECK(variation_ratio(certain) == 0.5);
    CHECK(vote_entropy(certain) == 1);
    CHECK(bald(certain) == 0.5);  // 1 bit of 2
}

TEST_CASE("bald sees no information where every member is unsure alike", "[scoring]") {
    CHECK(bald({{0.5, 0.5}, {0.5, 0.5}}) == 0);
    // H(1/2, 1/2) - H(3/4, 1/4) = 1 - 0.811278
    CHECK(bald({{0.75, 0.25}, {0.25, 0.75}}) == Approx(1 - 0.811278).epsilon(1e-5));
}

TEST_CASE("one column is the probability of the first of two classes", "[scoring]") {
    CHECK(variation_ratio({{0.75}, {0.25}, {0.9}, {0.8}}) == 0.25);
    CHECK(bald({{0.75}, {0.25}}) == bald({{0.75, 0.25}, {0.25, 0.75}}));
}

TEST_CASE("uncertainties of a committee are those of its mean", "[scoring]") {
    const std::vector<double> two_samples{1, 0, 0, 1, 0.75, 0.25, 0.75, 0.25};
    const std::vector<std::string> names{"bald", "uncertainty_margin", "variation_ratio"};
    const auto scores = score_committees(two_samples, 2, 2, names);
    REQUIRE(scores.size() == 3);
    CHECK(scores[0] == ScoreColumn{"bald", {1, 0}});
    CHECK(scores[1] == ScoreColumn{"uncertainty_margin", {1, 0.5}});
    CHECK(scores[2] == ScoreColumn{"variation_ratio", {0.5, 0}});
}

TEST_CASE("one member is not a committee", "[scoring]") {
    const std::vector<std::string> names{"bald"};
    CHECK_THROWS_AS(score_committees(std::vector<double>{1, 0}, 1, 2, names), DataError);
    CHECK(needs_committee("vote_entropy"));
    CHECK_FALSE(needs_committee("uncertainty_entropy"));
}

}  // namespace trommel::scoring
