#include "trommel/scoring/uncertainty.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace trommel::scoring {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr Uncertainty every_measure[] = {
    Uncertainty::least_confidence, Uncertainty::margin, Uncertainty::entropy, Uncertainty::ratio};

double normalized(Uncertainty measure, const std::vector<double>& probs) {
    return NormalizedUncertainty(measure, probs.size())(std::span<const double>(probs));
}

}  // namespace

TEST_CASE("least confidence is what the likeliest class leaves", "[scoring]") {
    const std::vector<double> probs{0.25, 0.5, 0.25};
    CHECK(least_confidence(probs) == 0.5);
    CHECK(normalized(Uncertainty::least_confidence, probs) == Approx(0.75));  // 0.5 / (1 - 1/3)
}

TEST_CASE("margin compares the two likeliest classes", "[scoring]") {
    CHECK(margin(std::vector<double>{0.125, 0.625, 0.25}) == 0.625);
    CHECK(margin(std::vector<double>{0.5, 0.5, 0}) == 1);
}

TEST_CASE("margin is one minus the rounded gap in this order", "[scoring]") {
    const std::vector<double> probs{0.08, 0.01};
    CHECK(margin(probs) == 1 - (0.08 - 0.01));
    CHECK(margin(probs) != 1 - 0.08 + 0.01);
}

TEST_CASE("ratio compares the two likeliest classes as well", "[scoring]") {
    CHECK(ratio(std::vector<double>{0.125, 0.5, 0.25}) == 0.5);
    CHECK(ratio(std::vector<float>{0.5F, 0.5F, 0}) == 1);
    CHECK(std::isnan(ratio(std::vector<double>{0, 0})));
    CHECK(normalized(Uncertainty::ratio, {0, 0}) == 0);
}

TEST_CASE("entropy is in bits", "[scoring]") {
    CHECK(entropy(std::vector<double>{0.5, 0.25, 0.25}) == 1.5);
    CHECK(normalized(Uncertainty::entropy, {0.5, 0.5, 0}) == Approx(1 / std::log2(3)));
}

TEST_CASE("a probability that is not positive adds nothing to the entropy", "[scoring]") {
    CHECK(entropy(std::vector<double>{0.5, 0.5, 0, -3}) == 1);
}

TEST_CASE("one certain class scores 0 and equally likely classes score 1 for every measure",
          "[scoring]") {
    for (const auto measure : every_measure) {
        for (std::size_t classes = 2; classes < 300; classes += 7) {
            std::vector<double> certain(classes, 0.0);
            certain.back() = 1;
            const std::vector<double> uniform(classes, 1 / static_cast<double>(classes));

            CHECK(normalized(measure, certain) == 0);
            CHECK(normalized(measure, uniform) == 1);
        }
    }
}

TEST_CASE("a single column p is scored as the two columns p and 1 - p", "[scoring]") {
    for (const auto measure : every_measure) {
        for (const double p : {0.0, 0.125, 0.5, 0.75, 1.0}) {
            CHECK(normalized(measure, {p}) == normalized(measure, {p, 1 - p}));
        }
    }
}

TEST_CASE("a row with NaN scores 0", "[scoring]") {
    for (const auto measure : every_measure) {
        CHECK(normalized(measure, {0.25, nan, 0.25}) == 0);
        CHECK(normalized(measure, {nan, 0.5}) == 0);
        CHECK(normalized(measure, {nan}) == 0);
    }
}

TEST_CASE("what is not a probability is clamped and not refused", "[scoring]") {
    CHECK(normalized(Uncertainty::least_confidence, {-2, -3}) == 1);    // 1 + 2
    CHECK(normalized(Uncertainty::least_confidence, {7, 3}) == 0);      // 1 - 7
    CHECK(normalized(Uncertainty::margin, {7, 3}) == 0);                // 1 - 4
    CHECK(normalized(Uncertainty::margin, {infinity, 1}) == 0);         // 1 - infinity
    CHECK(normalized(Uncertainty::margin, {infinity, infinity}) == 0);  // infinity - infinity: NaN
    CHECK(normalized(Uncertainty::entropy, {7, 3}) == 0);
    CHECK(normalized(Uncertainty::entropy, {0.5, 0.5, 0.5}) == Approx(1.5 / std::log2(3)));
}

TEST_CASE("single precision rows are measured in single precision and mapped in double",
          "[scoring]") {
    const std::vector<float> probs{0.7f, 0.2f, 0.1f};
    const NormalizedUncertainty score(Uncertainty::least_confidence, 3);

    CHECK(least_confidence(probs) == 1.0f - 0.7f);
    CHECK(margin(probs) == 1.0f - (0.7f - 0.2f));
    CHECK(entropy(probs) == Approx(1.15678).epsilon(1e-5));
    CHECK(score(probs) == 1 / (1 - 1.0 / 3) * static_cast<double>(1.0f - 0.7f));
}

TEST_CASE("a row without classes is refused", "[scoring]") {
    CHECK_THROWS_AS(NormalizedUncertainty(Uncertainty::margin, 0), DataError);
}

}  // namespace trommel::scoring
