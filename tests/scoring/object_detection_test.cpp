#include "trommel/scoring/object_detection.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>

namespace trommel::scoring {

namespace {

std::vector<BoundingBox> some_boxes(std::size_t count) {
    return std::vector<BoundingBox>(count, BoundingBox(0, 0, 1, 1));
}

/// An image with one sure object of each of these labels.
ObjectDetectionOutput image_of(const std::vector<int>& labels) {
    const std::vector<double> sure(labels.size(), 1.0);
    return ObjectDetectionOutput::from_scores(some_boxes(labels.size()), sure, labels);
}

std::vector<double> scores_of(const std::vector<ObjectDetectionOutput>& images,
                              const std::string& name,
                              const ObjectDetectionConfig& config = {}) {
    return score_detections(images, std::vector{name}, config).front().values;
}

}  // namespace

TEST_CASE("the first object of a class counts 1 and a further one the penalty", "[scoring]") {
    CHECK(object_frequency(image_of({}), 0.25) == 0);
    CHECK(object_frequency(image_of({4}), 0.25) == 1);
    CHECK(object_frequency(image_of({4, 2, 4, 4}), 0.25) == 2.5);
    CHECK(object_frequency(image_of({4, 2, 4, 4}), 0) == 2);
}

TEST_CASE("object frequency is added label by label in the order of first sight", "[scoring]") {
    // Box by box, or from the last label to the first, it would be 3.5999999999999996.
    CHECK(object_frequency(image_of({0, 0, 1, 1, 2}), 0.3) == 3.6);
}

TEST_CASE("object frequency is mapped from the dataset's range to 0.9 .. 1", "[scoring]") {
    const auto scores =
        scores_of({image_of({}), image_of({1}), image_of({1, 2})}, "object_frequency");
    CHECK(scores[0] == 0.9);
    CHECK(scores[1] == Approx(0.95));
    CHECK(scores[2] == 1);
}

TEST_CASE("images that are all alike have object frequency 1", "[scoring]") {
    CHECK(scores_of({image_of({3})}, "object_frequency") == std::vector{1.0});
    CHECK(scores_of({image_of({}), image_of({})}, "object_frequency") == std::vector{1.0, 1.0});
}

TEST_CASE("object frequency of no images is an error and other scores of none are empty",
          "[scoring]") {
    CHECK_THROWS_AS(scores_of({}, "object_frequency"), DataError);
    CHECK_THROWS_AS(ScorerObjectDetection({}).calculate_scores(), DataError);
    CHECK(scores_of({}, "uncertainty_margin").empty());
}

TEST_CASE("object frequency taken from a stream in two passes is that of the dataset",
          "[scoring]") {
    const std::vector images{image_of({1}), image_of({1, 1, 2}), image_of({}), image_of({2, 3})};
    std::vector<double> streamed;
    Extent all;
    for (const auto& image : images) {
        streamed.push_back(object_frequency(image, 0.25));
        all.include(streamed.back());
    }
    for (double& score : streamed) score = scale_object_frequency(score, all, 0.9);

    CHECK(streamed == scores_of(images, "object_frequency"));
}

TEST_CASE("objectness least confidence is what the mean score leaves", "[scoring]") {
    const ObjectDetectionOutput image(some_boxes(2), {0.5, 1}, {{0.25, 0.75}, {0.5, 0.5}});
    CHECK(objectness_least_confidence(image) == 1 - (0.375 + 0.5) / 2);
    CHECK(objectness_least_confidence(image_of({})) == 0);
}

TEST_CASE("objectness least confidence of a NaN score is 0", "[scoring]") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(objectness_least_confidence(
              ObjectDetectionOutput::from_scores(some_boxes(1), {nan}, {0})) == 0);
}

TEST_CASE("an image is as uncertain as its most uncertain box", "[scoring]") {
    const ObjectDetectionOutput image(
        some_boxes(3), {1, 1, 1}, {{1, 0, 0}, {0.5, 0.25, 0.25}, {0.75, 0.25, 0}});

    CHECK(box_uncertainty(Uncertainty::least_confidence, image) == Approx(0.75));
    CHECK(box_uncertainty(Uncertainty::margin, image) == 0.75);
    CHECK(box_uncertainty(Uncertainty::margin, image_of({})) == 0);
}

TEST_CASE("each image is normalised by its own number of classes", "[scoring]") {
    const ObjectDetectionOutput two(some_boxes(1), {1}, {{0.5, 0.5}});
    const ObjectDetectionOutput four(some_boxes(1), {1}, {{0.5, 0.5, 0, 0}});

    const auto scores = scores_of({two, four}, "uncertainty_entropy");

    CHECK(scores == std::vector{1.0, 0.5});
}

TEST_CASE("the detection scorer gives Lightly's five scores of every image", "[scoring]") {
    const ScorerObjectDetection scorer({image_of({1, 2}), image_of({}), image_of({0})});
    const auto scores = scorer.calculate_scores();

    REQUIRE(scores.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(scores[i].name == ScorerObjectDetection::score_names()[i]);
        CHECK(scores[i].values.size() == 3);
    }
}

TEST_CASE("old detection score names give today's columns", "[scoring]") {
    const std::vector images{image_of({1}), image_of({})};
    const std::vector<std::string> names{"object-frequency", "prediction-margin"};

    const auto scores = score_detections(images, names);

    CHECK(scores[0].name == "object_frequency");
    CHECK(scores[1].name == "objectness_least_confidence");
}

TEST_CASE("either key of the detection config may be given alone", "[scoring]") {
    const std::vector images{image_of({1, 1}), image_of({1})};
    CHECK(scores_of(images, "object_frequency", {.min_score = 0.5}) == std::vector{1.0, 0.5});
    CHECK(scores_of(images, "object_frequency", {.frequency_penalty = 0}) == std::vector{1.0, 1.0});
}

TEST_CASE("a detection config outside 0..1 is refused", "[scoring]") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(ScorerObjectDetection({}, {.frequency_penalty = 1.5}),
                      Catch::Contains("frequency_penalty is 1.5"));
    CHECK_THROWS_AS(ScorerObjectDetection({}, {.min_score = -0.5}), ConfigError);
    CHECK_THROWS_AS(ScorerObjectDetection({}, {.min_score = nan}), ConfigError);
    CHECK_NOTHROW(ScorerObjectDetection({}, {.frequency_penalty = 0, .min_score = 1}));
}

TEST_CASE("permuting the images permutes their scores", "[scoring]") {
    std::vector images{image_of({1}), image_of({2, 2}), image_of({}), image_of({0, 1, 2})};
    const auto scores = ScorerObjectDetection(images).calculate_scores();
    std::ranges::reverse(images);

    auto reversed = ScorerObjectDetection(images).calculate_scores();

    for (auto& score : reversed) std::ranges::reverse(score.values);
    CHECK(reversed == scores);
}

TEST_CASE("uncertainties of boxes are reduced as asked for", "[scoring]") {
    const std::vector<BoundingBox> boxes(3, BoundingBox(0, 0, 1, 1));
    const ObjectDetectionOutput image(boxes, {1, 1, 1}, {{0.5, 0.5}, {1, 0}, {0.75, 0.25}});
    const auto reduced = [&](BoxReduction::How how, std::size_t top = 2) {
        return box_uncertainty(Uncertainty::margin, image, {.how = how, .top = top});
    };
    using enum BoxReduction::How;
    CHECK(reduced(max) == 1);
    CHECK(reduced(mean) == 0.5);
    CHECK(reduced(sum) == 1.5);
    CHECK(reduced(top_k) == 0.75);
    CHECK(reduced(top_k, 9) == 0.5);
    CHECK_THROWS_AS(check({.reduction = {.how = top_k, .top = 0}}), ConfigError);
}

}  // namespace trommel::scoring
