#include "scoring/arithmetic.hpp"
#include "trommel/scoring/score_type.hpp"

namespace trommel::scoring {

double mean_uncertainty(std::span<const KeypointInstancePrediction> image) {
    std::vector<double> confidences;
    for (const auto& instance : image)
        if (!instance.keypoints().empty()) confidences.push_back(instance.mean_confidence());
    return confidences.empty() ? 0 : 1 - mean(confidences);
}

std::vector<ScoreType> mean_uncertainty_score() {
    return {{.name = "mean_uncertainty",
             .range = "[0, 1]",
             .paper = "",
             .is_lightlys = true,
             .kernel = OfKeypoints{mean_uncertainty}}};
}

}  // namespace trommel::scoring
