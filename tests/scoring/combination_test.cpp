#include "trommel/scoring/combination.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace trommel::scoring {
namespace {

const Scores scores{{"a", {0.5, 0.25}}, {"b", {1, 0.5}}, {"c", {7, 7}}};

}  // namespace

TEST_CASE("a product takes each score to the power of its weight", "[scoring]") {
    const Combination product{.how = Combination::How::product, .parts = parse_parts("a:2, b")};
    CHECK(combine(scores, product, "both") == ScoreColumn{"both", {0.25, 0.03125}});
}

TEST_CASE("a sum takes each score times its weight", "[scoring]") {
    const Combination sum{.how = Combination::How::sum, .parts = parse_parts("a:2,b:-1")};
    CHECK(combine(scores, sum, "both").values == std::vector<double>{0, 0});
}

TEST_CASE("what cannot be combined is refused", "[scoring]") {
    CHECK_THROWS_WITH(combine(scores, {.how = {}, .parts = parse_parts("d")}, "x"),
                      Catch::Contains("'d' is combined and not computed"));
    CHECK_THROWS_AS(parse_parts(""), ConfigError);
    CHECK_THROWS_AS(parse_parts("a,,b"), ConfigError);
    CHECK_THROWS_WITH(parse_parts("a:x"), Catch::Contains("'x' of 'a' is not a finite number"));
    CHECK_THROWS_AS(parse_parts("a:nan"), ConfigError);
    CHECK_THROWS_WITH(parse_parts("a,a:2"), Catch::Contains("'a' is there twice"));
}

}  // namespace trommel::scoring
