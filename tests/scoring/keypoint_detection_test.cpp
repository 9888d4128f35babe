#include "trommel/scoring/keypoint_detection.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace trommel::scoring {

TEST_CASE("mean uncertainty is one minus the mean of the instances' mean confidences",
          "[scoring]") {
    const KeypointPrediction image{KeypointInstancePrediction({1, 2, 0.5, 3, 4, 1}),
                                   KeypointInstancePrediction({5, 6, 0.25}),
                                   KeypointInstancePrediction({})};
    CHECK(mean_uncertainty(image) == 0.5);  // 1 - (0.75 + 0.25) / 2
}

TEST_CASE("an image without keypoints scores 0", "[scoring]") {
    const auto scores =
        ScorerKeypointDetection(
            {{}, {KeypointInstancePrediction({})}, {KeypointInstancePrediction({0, 0, 0.25})}})
            .calculate_scores();
    CHECK(scores == Scores{{"mean_uncertainty", {0, 0, 0.75}}});
}

TEST_CASE("keypoints that are not triples, or unlikely ones, are refused", "[scoring]") {
    CHECK_THROWS_AS(KeypointInstancePrediction({1, 2}), DataError);
    CHECK_THROWS_WITH(KeypointInstancePrediction({1, 2, 0.5, 1, 2, 1.5}),
                      Catch::Contains("confidence 1.5 of keypoint 1 lies outside 0..1"));
    CHECK_THROWS_AS(KeypointInstancePrediction({1, 2, -0.5}), DataError);
    const KeypointInstancePrediction nan({1, 2, std::numeric_limits<double>::quiet_NaN()});
    CHECK(std::isnan(nan.mean_confidence()));
}

}  // namespace trommel::scoring
