#include "scoring/arithmetic.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace trommel::scoring {

namespace {

double pairwise(const std::vector<double>& values) {
    return pairwise_sum(0, values.size(), [&](std::size_t i) { return values[i]; });
}

/// `count` values, all 0 but those given as {place, value}.
std::vector<double> zeros_but(std::size_t count, std::vector<std::pair<std::size_t, double>> some) {
    std::vector<double> values(count);
    for (const auto& [place, value] : some) values[place] = value;
    return values;
}

constexpr double large = 0x1p53;  // large + 1 rounds to large

}  // namespace

TEST_CASE("fewer than eight values are added from left to right", "[scoring]") {
    CHECK(pairwise({}) == 0);
    CHECK(pairwise({large, 1, 1, -large, 0, 0, 0}) == 0);
    CHECK(pairwise({1, 1, large, -large}) == 2);
}

TEST_CASE("from eight values on every eighth goes into one of eight sums", "[scoring]") {
    // Places 0 and 8 meet first, as do 1 and 9; from left to right the ones would be lost.
    CHECK(pairwise(zeros_but(16, {{0, large}, {1, 1}, {8, -large}, {9, 1}})) == 2);
    CHECK(pairwise(zeros_but(16, {{0, large}, {8, 1}, {1, 1}, {9, -large}})) == 1);
    // What is left over after the last eight is added to the combined sum one by one.
    CHECK(pairwise(zeros_but(18, {{0, large}, {16, 1}, {17, 1}})) == large);
}

TEST_CASE("beyond 128 values the halves are added apart", "[scoring]") {
    // 200 splits at 96. In one run of eight lanes places 0 and 96 would share a lane.
    CHECK(pairwise(zeros_but(200, {{0, large}, {96, 1}, {104, 1}})) == large + 2);
    CHECK(pairwise(zeros_but(120, {{0, large}, {96, 1}, {104, 1}})) == large);
}

TEST_CASE("interpolation holds its ends and meets them exactly", "[scoring]") {
    CHECK(interpolate(-5, {0, 2}, {0.9, 1}) == 0.9);
    CHECK(interpolate(0, {0, 2}, {0.9, 1}) == 0.9);
    CHECK(interpolate(1, {0, 2}, {0.5, 1}) == 0.75);
    CHECK(interpolate(2, {0, 2}, {0.9, 1}) == 1);
    CHECK(interpolate(7, {0, 2}, {0.9, 1}) == 1);
}

TEST_CASE("interpolation from a single number gives the high end", "[scoring]") {
    CHECK(interpolate(3, {3, 3}, {0.9, 1}) == 1);
}

TEST_CASE("nan becomes 0 and infinities become the largest finite numbers", "[scoring]") {
    CHECK(finite(std::nan("")) == 0);
    CHECK(finite(std::numeric_limits<double>::infinity()) == 1.7976931348623157e308);
    CHECK(finite(-std::numeric_limits<double>::infinity()) == -1.7976931348623157e308);
    CHECK(finite(0.25) == 0.25);
}

}  // namespace trommel::scoring
