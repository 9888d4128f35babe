#include "trommel/learning/learning_curve.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::learning {

namespace {

const LearningCurve rising{{20, 0.5}, {40, 0.7}, {80, 0.8}};

}  // namespace

TEST_CASE("the area under a curve is its mean height", "[learning]") {
    CHECK(area(rising, {20, 80}) == Approx(0.7));  // numpy.trapz(ys, xs) / 60
    CHECK(area({{20, 0.6}, {80, 0.6}}, {20, 80}) == Approx(0.6));
}

TEST_CASE("an area over a part of a curve ends on its lines", "[learning]") {
    CHECK(area(rising, {30, 60}) == Approx((10 * 0.65 + 20 * 0.725) / 30));
    CHECK(area(rising, {50, 50}) == Approx(0.725));
    CHECK(area({{20, 0.5}}, {20, 20}) == 0.5);
}

TEST_CASE("the published area leaves the initial set out and divides by the queries",
          "[learning]") {
    // src/utils.py of ariapoy/active-learning-benchmark: AUBC(range(4), [0.6, 0.7, 0.8, 0.8]) with
    // one query a round, and AUBC(range(5), [0.6, 0.7, 0.8], bsize=2), whose last round is short.
    CHECK(budget_area({{20, 0.1}, {21, 0.6}, {22, 0.7}, {23, 0.8}, {24, 0.8}}).value() ==
          Approx(0.55));
    CHECK(budget_area({{20, 0.1}, {22, 0.6}, {24, 0.7}, {25, 0.8}}).value() == Approx(0.41));
}

TEST_CASE("a curve with fewer than two queries has no published area", "[learning]") {
    CHECK_FALSE(budget_area({}));
    CHECK_FALSE(budget_area({{20, 0.5}, {21, 0.6}}));
}

TEST_CASE("labels to a target are read off the line that crosses it first", "[learning]") {
    CHECK(labels_to_reach(rising, 0.6).value() == Approx(30));
    CHECK(labels_to_reach(rising, 0.7) == 40.0);
    CHECK(labels_to_reach({{20, 0.5}, {30, 0.9}, {40, 0.6}, {50, 0.9}}, 0.7).value() == Approx(25));
}

TEST_CASE("a target at the start costs the start, one that is never reached nothing",
          "[learning]") {
    CHECK(labels_to_reach(rising, 0.4) == 20.0);
    CHECK_FALSE(labels_to_reach(rising, 0.81));
    CHECK_FALSE(labels_to_reach({}, 0.1));
}

TEST_CASE("curves share the labels that all of them cover", "[learning]") {
    const std::vector<LearningCurve> curves{rising, {{10, 0.1}, {60, 0.9}}};
    CHECK(shared_range(curves) == LabelRange{20, 60});
    CHECK_FALSE(shared_range(std::vector<LearningCurve>{rising, {{90, 1}}}));
    CHECK_FALSE(shared_range(std::vector<LearningCurve>{rising, {}}));
    CHECK_FALSE(shared_range({}));
}

TEST_CASE("a band has mean and spread wherever one curve was measured and all are known",
          "[learning]") {
    const auto points = band(std::vector<LearningCurve>{rising, {{20, 0.7}, {60, 0.9}}});

    REQUIRE(points.size() == 3);
    CHECK(points[0].labels == 20);
    CHECK(points[0].values.mean == Approx(0.6));
    CHECK(points[0].values.deviation == Approx(0.1414213562));
    CHECK(points[1].labels == 40);
    CHECK(points[1].values.mean == Approx(0.75));  // 0.7 measured, 0.8 on the line
    CHECK(points[2].labels == 60);
    CHECK(points[2].values.mean == Approx(0.825));
}

TEST_CASE("a later measurement at as many labels replaces the earlier", "[learning]") {
    LearningCurve curve;
    append(curve, {20, 0.5});
    append(curve, {20, 0.6});
    append(curve, {30, 0.7});
    CHECK(curve == LearningCurve{{20, 0.6}, {30, 0.7}});
}

TEST_CASE("a curve whose labels fall or whose value is not a number is refused", "[learning]") {
    LearningCurve curve{{20, 0.5}};
    CHECK_THROWS_WITH(append(curve, {19, 0.5}),
                      "19 labels come after 20; a labelled set only grows");
    CHECK_THROWS_AS(append(curve, {30, std::numeric_limits<double>::quiet_NaN()}), DataError);
    CHECK(curve.size() == 1);
}

}  // namespace trommel::learning
