#include "trommel/scoring/probabilities.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::scoring {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string reason(const Probabilities& probs) {
    const auto bad = check_probabilities(probs);
    return bad ? bad->reason : "";
}

}  // namespace

TEST_CASE("rows that sum to one pass", "[scoring]") {
    CHECK_FALSE(check_probabilities({{0.5, 0.5}, {1, 0}, {0.1, 0.9}}));
    CHECK_FALSE(check_probabilities(Probabilities{}));
}

TEST_CASE("single precision rounding passes", "[scoring]") {
    CHECK_FALSE(check_probabilities({{1.0000001, 0}, {0.33333334, 0.66666669}}));
}

TEST_CASE("the first bad row is named", "[scoring]") {
    const auto bad = check_probabilities({{0.5, 0.5}, {0.5, 0.25}, {3, 4}});
    REQUIRE(bad);
    CHECK(bad->row == 1);
    CHECK(bad->reason ==
          "its 2 probabilities sum to 0.75, not to 1 within 0.001; divide each by "
          "their sum");
}

TEST_CASE("each way of being no probability has its reason", "[scoring]") {
    CHECK_THAT(reason({{0.5, nan}}), Catch::Contains("class 1 is not a number"));
    CHECK_THAT(reason({{-0.25, 1.25}}), Catch::Contains("class 0 is -0.25, which is negative"));
    CHECK_THAT(reason({{0, 2.5}}), Catch::Contains("class 1 is 2.5, which is above 1"));
    CHECK_THAT(reason({{infinity, 0}}), Catch::Contains("class 0 is inf, which is above 1"));
    CHECK_THAT(reason({{0.5, 0.502}}), Catch::Contains("sum to 1.002"));
    CHECK_THAT(reason(Probabilities(1, 0)), Catch::Contains("no class probabilities"));
}

TEST_CASE("how far a row may be off is the caller's to say", "[scoring]") {
    CHECK(check_probabilities({{0.5, 0.45}}));
    CHECK_FALSE(check_probabilities({{0.5, 0.45}}, 0.1));
}

TEST_CASE("a single column need not be 1", "[scoring]") {
    CHECK_FALSE(check_probabilities({{0.25}}));
    CHECK(check_probabilities({{1.25}}));
    CHECK(check_probabilities({{-0.25}}));
}

}  // namespace trommel::scoring
