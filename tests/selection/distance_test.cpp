#include "selection/kernels/distance.hpp"

#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace trommel::selection {

namespace {

/// The contract, one operation at a time; volatile keeps every rounding. Extended
/// precision holds the square of a single exactly and its sum with a single nearly always, so that
/// rounding to single is the only one.
float by_the_letter(const std::vector<float>& a, const std::vector<float>& b) {
    volatile float lanes[16] = {};
    for (std::size_t j = 0; j < a.size(); ++j) {
        volatile float difference = a[j] - b[j];
        const long double wide = difference;
        lanes[j % 16] = static_cast<float>(wide * wide + lanes[j % 16]);
    }
    for (const int half : {8, 4, 2, 1}) {
        for (int lane = 0; lane < half; ++lane) lanes[lane] = lanes[lane] + lanes[lane + half];
    }
    return lanes[0];
}

std::vector<float> random_embedding(Random& random, std::size_t dimensions) {
    std::vector<float> result(dimensions);
    for (float& x : result) x = static_cast<float>(random.uniform() - 0.5);
    return result;
}

}  // namespace

TEST_CASE("the squared distance is the sum of squared differences", "[selection]") {
    CHECK(squared_distance(std::vector<float>{0, 0}, std::vector<float>{3, 4}) == 25);
    CHECK(squared_distance({}, {}) == 0);
}

TEST_CASE("the squared distance has the bits of its definition for every width", "[selection]") {
    Random random(3, 1, "distance");
    for (std::size_t dimensions = 1; dimensions < 100; ++dimensions) {
        const auto a = random_embedding(random, dimensions);
        const auto b = random_embedding(random, dimensions);
        REQUIRE(squared_distance(a, b) == by_the_letter(a, b));
        REQUIRE(squared_distance(a, b) == squared_distance(b, a));
    }
}

TEST_CASE("the squared distance is near the exact one", "[selection]") {
    Random random(4, 1, "distance");
    const auto a = random_embedding(random, 2000);
    const auto b = random_embedding(random, 2000);
    double exact = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
        const double difference = static_cast<double>(a[j]) - b[j];
        exact += difference * difference;
    }
    CHECK(squared_distance(a, b) == Approx(exact).epsilon((2000.0 / 16 + 8) * 0x1p-23));
}

}  // namespace trommel::selection
