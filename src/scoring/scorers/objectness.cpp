#include "scoring/arithmetic.hpp"
#include "trommel/scoring/score_type.hpp"

namespace trommel::scoring {

double objectness_least_confidence(const ObjectDetectionOutput& image) {
    return image.boxes().empty() ? 0 : finite(1 - mean(image.scores()));
}

std::vector<ScoreType> objectness_score() {
    return {{.name = "objectness_least_confidence",
             .alias = "prediction-margin",
             .range = "[0, 1]",
             .paper = "",
             .is_lightlys = true,
             .kernel = OfDetections{objectness_least_confidence}}};
}

}  // namespace trommel::scoring
