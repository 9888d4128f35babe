#include "trommel/learning/standardizer.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::learning {

namespace {

const std::vector<SampleIndex> first_two{0, 1};

}  // namespace

TEST_CASE("each dimension gets mean 0 and standard deviation 1", "[learning]") {
    const Matrix features{{1, 10}, {3, 30}};
    CHECK(Standardizer::over(features, first_two).apply(features) == Matrix{{-1, -1}, {1, 1}});
}

TEST_CASE("only the samples named are measured", "[learning]") {
    const Matrix features{{1}, {3}, {100}};
    const std::vector<SampleIndex> last_two{1, 2};
    CHECK(Standardizer::over(features, first_two).apply({{2}, {4}}) == Matrix{{0}, {2}});
    CHECK(Standardizer::over(features, last_two).apply({{51.5f}}) == Matrix{{0}});
}

TEST_CASE("a constant dimension becomes 0 for every sample", "[learning]") {
    // 0.1 three times does not average to exactly 0.1.
    const Matrix features{{0.1f, 1}, {0.1f, 2}, {0.1f, 3}};
    const auto standardized =
        Standardizer::over(features, std::vector<SampleIndex>{0, 1, 2}).apply({{0.1f, 2}, {7, 2}});
    CHECK(standardized == Matrix{{0, 0}, {0, 0}});
}

TEST_CASE("without standardisation features stay as they are", "[learning]") {
    CHECK(Standardizer::none().apply({{1, 10}}) == Matrix{{1, 10}});
}

TEST_CASE("standardising is refused where it has no meaning", "[learning]") {
    const Matrix features{{1}, {std::numeric_limits<float>::quiet_NaN()}};
    CHECK_THROWS_AS(Standardizer::over(features, {}), DataError);
    CHECK_THROWS_WITH(Standardizer::over(features, first_two), Catch::Contains("row 1"));
    const auto standardizer = Standardizer::over({{1}, {2}}, first_two);
    CHECK_THROWS_WITH(standardizer.apply({{1, 2}}), Catch::Contains("2 dimensions"));
}

}  // namespace trommel::learning
