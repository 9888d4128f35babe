#include "trommel/core/error.hpp"
#include "trommel/dataset/predictions.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace trommel::dataset {

using Catch::Matchers::Contains;

namespace {

std::vector<SegmentedImage> read(std::string_view text) {
    const auto reader = open_segmentation(LineReader::of_text(text, "p"), {.batch_size = 3});
    std::vector<SegmentedImage> images;
    while (auto batch = reader->next())
        for (auto& image : batch->images) images.push_back(std::move(image));
    return images;
}

/// One record, with these predictions.
std::string masks(std::string predictions) {
    std::erase(predictions, '\n');
    return R"({"file_name": "a.png", "predictions": [)" + predictions + "]}";
}

void check_refused(const std::string& text, const std::string& why) {
    CHECK_THROWS_AS(read(text), DataError);
    CHECK_THROWS_WITH(read(text), Contains("p:1: sample 'a.png': ") && Contains(why));
}

}  // namespace

TEST_CASE("segmented images come as arrays of width height and classes", "[dataset]") {
    const auto images = read(
        R"({"file_name": "a.png", "probabilities": [[[0.25, 0.75], [1, 0]], [[0.5, 0.5], [0, 1]]]})");
    REQUIRE(images.size() == 1);
    CHECK(images[0].probs == Probabilities{{0.25, 0.75}, {1, 0}, {0.5, 0.5}, {0, 1}});
    CHECK(images[0].weights.empty());
}

TEST_CASE("Lightly's masks are run lengths that begin with zeros", "[dataset]") {
    // the mask of Lightly's documentation: [[0,0,1,1],[0,1,1,1],[0,0,0,1]] has 6 pixels
    const auto images = read(masks(
        R"({"category_id": 1, "segmentation": [2, 2, 1, 3, 3, 1], "score": 0.75, "probabilities": [0.25, 0.75]},
           {"category_id": 0, "segmentation": [0, 12], "score": 1, "probabilities": [1, 0]})"));
    REQUIRE(images.size() == 1);
    CHECK(images[0].weights == std::vector<double>{6, 12});
    CHECK(images[0].probs == Probabilities{{0.25, 0.75}, {1, 0}});
}

TEST_CASE("masks without probabilities share what the score leaves", "[dataset]") {
    const auto images = read(masks(
        R"({"category_id": 2, "segmentation": {"size": [2, 3], "counts": [0, 4, 2]}, "score": 0.5})"));
    CHECK(images.at(0).probs == Probabilities{{0.25, 0.25, 0.5}});
    CHECK(images.at(0).weights == std::vector<double>{4});
    CHECK(read(masks("")).at(0).probs.rows() == 0);
}

TEST_CASE("masks that are longer than their image or of different images are refused",
          "[dataset]") {
    const auto coco = [](const std::string& counts) {
        return masks(
            R"({"category_id": 0, "score": 1, "segmentation": {"size": [2, 3], "counts": )" +
            counts + "}}");
    };
    check_refused(coco("[0, 7]"), "the mask has 7 pixels and the image 2 x 3");
    check_refused(coco("[0, 5]"), "the mask has 5 pixels and the image 2 x 3");
    check_refused(coco(R"("PPYo0")"), "'counts' is packed as a string");
    check_refused(coco("[0, -1]"), "'counts' must be an integer from 0");
    check_refused(coco("[4294967296, 1]"), "'counts' is longer than any image");
    check_refused(masks(R"({"category_id": 0, "score": 1, "segmentation": [1, 3]},
                           {"category_id": 0, "score": 1, "segmentation": [1, 4]})"),
                  "the masks cover 4 and 5 pixels");
    check_refused(masks(R"({"category_id": 70000, "score": 1, "segmentation": [1, 3]})"),
                  "'category_id' must be an integer from 0 to 65535");
    check_refused(masks(R"({"category_id": 0, "score": 1.5, "segmentation": [1, 3]})"),
                  "score 1.5");
}

TEST_CASE("ragged arrays of pixels are refused", "[dataset]") {
    const auto pixels = [](const std::string& text) {
        return R"({"file_name": "a.png", "probabilities": )" + text + "}";
    };
    check_refused(pixels("[[[1, 0]], [[1, 0], [1, 0]]]"), "ragged: columns of 1 and of 2 pixels");
    check_refused(pixels("[[[1, 0]], [[1]]]"), "ragged: pixels of 2 and of 1 classes");
    check_refused(pixels("[]"), "has no pixels");
    check_refused(pixels("[[[]]]"), "is empty");
    check_refused(pixels("[[0.5]]"), "must be a list");
    check_refused(R"({"file_name": "a.png"})", "neither 'probabilities' nor 'predictions'");
}

TEST_CASE("NaN and Infinity are read as such where the reader keeps them", "[dataset]") {
    const std::string line =
        R"({"file_name": "NaN -Infinity.png", "probabilities": [[[NaN, 1], [-Infinity, 0.5], [Infinity, -0.25]]]})";
    const auto reader =
        open_segmentation(LineReader::of_text(line, "p"), {.non_finite = NonFinite::keep});
    const auto batch = reader->next();
    REQUIRE(batch);
    const auto& probs = batch->images.at(0).probs;
    CHECK(batch->names.at(0) == "NaN -Infinity.png");
    CHECK((std::isnan(probs(0, 0)) && probs(0, 1) == 1));
    CHECK((std::isinf(probs(1, 0)) && probs(1, 0) < 0 && probs(1, 1) == 0.5));
    CHECK((std::isinf(probs(2, 0)) && probs(2, 0) > 0 && probs(2, 1) == -0.25));
    CHECK_THROWS_WITH(read(line), Contains("NaN is not a number that can be scored"));
    const auto minus = open_segmentation(
        LineReader::of_text(R"({"file_name": "a", "probabilities": [[[-NaN]]]})", "p"),
        {.non_finite = NonFinite::keep});
    CHECK_THROWS_AS(minus->next(), DataError);
}

}  // namespace trommel::dataset
