#include "trommel/core/error.hpp"
#include "trommel/dataset/predictions.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {

using Catch::Matchers::Contains;

namespace {

KeypointRecords read(const std::string& predictions) {
    const auto text = R"({"file_name": "a.jpg", "predictions": )" + predictions + "}";
    return *open_keypoints(LineReader::of_text(text, "p"), {})->next();
}

void check_refused(const std::string& predictions, const std::string& why) {
    CHECK_THROWS_AS(read(predictions), DataError);
    CHECK_THROWS_WITH(read(predictions), Contains("p:1: sample 'a.jpg': ") && Contains(why));
}

}  // namespace

TEST_CASE("keypoints come from Lightly's records", "[dataset]") {
    const auto batch = read(
        R"([{"keypoints": [1, 2, 0.5, 3, 4, 1], "category_id": 3, "score": 0.75}, {"keypoints": []}])");
    CHECK(batch.names == std::vector<std::string>{"a.jpg"});
    const auto& image = batch.outputs.at(0);
    REQUIRE(image.size() == 2);
    CHECK(image[0].keypoints() == std::vector<double>{1, 2, 0.5, 3, 4, 1});
    CHECK((image[0].category_id() == 3 && image[0].score() == 0.75));
    CHECK((image[1].category_id() == -1 && image[1].score() == -1));
    CHECK(read("[]").outputs.at(0).empty());
}

TEST_CASE("keypoints that are none are refused with their sample", "[dataset]") {
    check_refused(R"([{"keypoints": [1, 2]}])",
                  "predictions[0]: keypoints: 2 numbers are not a multiple of three");
    check_refused(R"([{"keypoints": [1, 2, 1.5]}])", "confidence 1.5 of keypoint 0");
    check_refused(R"([{"keypoints": []}, {"score": 1}])", "predictions[1] has no 'keypoints'");
    check_refused(R"([{"keypoints": ["x"]}])",
                  "'predictions[0].keypoints' must hold finite numbers");
    check_refused(R"([{"keypoints": [], "category_id": 0.5}])", "'category_id' must be an integer");
    check_refused(R"({})", "'predictions' must be a list");
}

}  // namespace trommel::dataset
