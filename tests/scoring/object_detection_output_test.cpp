#include "trommel/scoring/object_detection_output.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::scoring {

namespace {

std::vector<BoundingBox> some_boxes(std::size_t count) {
    return std::vector<BoundingBox>(count, BoundingBox(0, 0, 1, 1));
}

}  // namespace

TEST_CASE(
    "a box is labelled with its likeliest class and scored with objectness times its "
    "probability",
    "[scoring]") {
    const ObjectDetectionOutput output(
        some_boxes(2), {0.5, 1}, {{0.25, 0.75, 0}, {0.5, 0.125, 0.375}});

    CHECK(output.labels() == std::vector<int>{1, 0});
    CHECK(output.scores() == std::vector<double>{0.375, 0.5});
}

TEST_CASE("of equally likely classes the first is the label", "[scoring]") {
    const ObjectDetectionOutput output(some_boxes(1), {1}, {{0, 0.5, 0.5}});
    CHECK(output.labels() == std::vector<int>{1});
}

TEST_CASE("scores given stay as given", "[scoring]") {
    const ObjectDetectionOutput output(some_boxes(1), {0.5}, {{0, 1}}, std::vector{0.75});
    CHECK(output.scores() == std::vector<double>{0.75});
}

TEST_CASE("every box needs one of each", "[scoring]") {
    const Probabilities one{{0, 1}};
    CHECK_THROWS_WITH(ObjectDetectionOutput(some_boxes(2), {0.5}, {{0, 1}, {0, 1}}),
                      Catch::Contains("1 object probabilities for 2 boxes"));
    CHECK_THROWS_WITH(ObjectDetectionOutput(some_boxes(2), {0.5, 0.5}, one),
                      Catch::Contains("1 rows of class probabilities for 2 boxes"));
    CHECK_THROWS_WITH(ObjectDetectionOutput(some_boxes(1), {0.5}, one, std::vector<double>{}),
                      Catch::Contains("0 scores for 1 boxes"));
}

TEST_CASE("a box without classes is refused", "[scoring]") {
    CHECK_THROWS_AS(ObjectDetectionOutput(some_boxes(1), {0.5}, Probabilities(1, 0)), DataError);
}

TEST_CASE("an image may have no boxes", "[scoring]") {
    CHECK(ObjectDetectionOutput({}, {}, {}).labels().empty());
    CHECK(ObjectDetectionOutput::from_scores({}, {}, {}).labels().empty());
}

TEST_CASE("from scores the other classes share what the score leaves", "[scoring]") {
    const auto output = ObjectDetectionOutput::from_scores(some_boxes(2), {0.5, 0.75}, {0, 2});

    CHECK(output.class_probabilities() == Probabilities{{0.5, 0.25, 0.25}, {0.125, 0.125, 0.75}});
    CHECK(output.object_probabilities() == std::vector<double>{0.5, 0.75});
}

TEST_CASE("from scores labels and scores are kept as given", "[scoring]") {
    // The likeliest class would be 0, and objectness times its probability 0.0625.
    const auto output = ObjectDetectionOutput::from_scores(some_boxes(1), {0.25}, {1});

    CHECK(output.labels() == std::vector<int>{1});
    CHECK(output.scores() == std::vector<double>{0.25});
}

TEST_CASE("from scores there are at least two classes", "[scoring]") {
    const auto output = ObjectDetectionOutput::from_scores(some_boxes(1), {0.75}, {0});
    CHECK(output.class_probabilities() == Probabilities{{0.75, 0.25}});
}

TEST_CASE("from scores a negative label counts from the last class", "[scoring]") {
    const auto output = ObjectDetectionOutput::from_scores(some_boxes(1), {0.75}, {-1});
    CHECK(output.class_probabilities() == Probabilities{{0.25, 0.75}});
    CHECK(output.labels() == std::vector<int>{-1});
}

TEST_CASE("from scores a label that names no class is refused", "[scoring]") {
    CHECK_THROWS_WITH(ObjectDetectionOutput::from_scores(some_boxes(1), {0.75}, {-3}),
                      Catch::Contains("label -3 names none of 2 classes"));
    CHECK_THROWS_AS(ObjectDetectionOutput::from_scores(some_boxes(1), {0.75}, {2147483647}),
                    DataError);
}

TEST_CASE("from scores a score outside 0..1 is refused", "[scoring]") {
    CHECK_THROWS_WITH(ObjectDetectionOutput::from_scores(some_boxes(1), {1.5}, {0}),
                      Catch::Contains("score 1.5"));
    CHECK_THROWS_AS(ObjectDetectionOutput::from_scores(some_boxes(1), {-0.5}, {0}), DataError);
}

TEST_CASE("from scores a NaN score passes as it does in Lightly", "[scoring]") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_NOTHROW(ObjectDetectionOutput::from_scores(some_boxes(1), {nan}, {0}));
}

TEST_CASE("from scores every box needs a score and a label", "[scoring]") {
    CHECK_THROWS_AS(ObjectDetectionOutput::from_scores(some_boxes(2), {1}, {0, 0}), DataError);
    CHECK_THROWS_AS(ObjectDetectionOutput::from_scores(some_boxes(2), {1, 1}, {0}), DataError);
}

}  // namespace trommel::scoring
