#include "trommel/learning/summary.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

namespace trommel::learning {

TEST_CASE("a summary has mean, deviation and the 95 % interval of the mean", "[learning]") {
    const std::vector<double> accuracies{0.81, 0.84, 0.79, 0.86, 0.83};

    const auto summary = summarize(accuracies);

    // numpy 1.24 and scipy.stats.t.ppf(0.975, 4) of scipy 1.10
    CHECK(summary.count == 5);
    CHECK(summary.mean == Approx(0.826).epsilon(1e-12));
    CHECK(summary.deviation == Approx(0.02701851217221256).epsilon(1e-12));
    CHECK(summary.margin.value() == Approx(0.03354791384926658).epsilon(1e-9));
}

TEST_CASE("a single number has no interval", "[learning]") {
    const auto summary = summarize(std::vector<double>{0.5});
    CHECK(summary.mean == 0.5);
    CHECK(summary.deviation == 0);
    CHECK_FALSE(summary.margin);
}

TEST_CASE("equal numbers have exactly that mean and no spread", "[learning]") {
    const auto summary =
        summarize(std::vector<double>{0.1, 0.1, 0.1});  // sums to 0.30000000000000004
    CHECK(summary.mean == 0.1);
    CHECK(summary.deviation == 0);
    CHECK(summary.margin == 0.0);
}

TEST_CASE("no numbers, and numbers that are none, are refused", "[learning]") {
    CHECK_THROWS_AS(summarize({}), DataError);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(summarize(std::vector<double>{1, nan}),
                      "a summary of numbers of which one is not finite");
}

TEST_CASE("never is later than all labels in a median", "[learning]") {
    using Labels = std::vector<std::optional<double>>;
    CHECK(median(Labels{40.0, 20.0, std::nullopt}) == 40.0);
    CHECK(median(Labels{40.0, 20.0}) == 30.0);
    CHECK_FALSE(median(Labels{40.0, std::nullopt}));
    CHECK_FALSE(median(Labels{40.0, std::nullopt, std::nullopt}));
    CHECK_FALSE(median(Labels{}));
}

}  // namespace trommel::learning
