#include "trommel/scoring/keypoint_detection.hpp"

#include "scoring/arithmetic.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::scoring {
namespace {

constexpr std::size_t numbers = 3;  ///< of a keypoint: x, y, confidence

}  // namespace

KeypointInstancePrediction::KeypointInstancePrediction(std::vector<double> keypoints,
                                                       int category_id,
                                                       double score)
    : keypoints_(std::move(keypoints)), category_id_(category_id), score_(score) {
    if (keypoints_.size() % numbers != 0)
        throw DataError(fmt::format(
            "keypoints: {} numbers are no multiple of three; give x, y, confidence of each",
            keypoints_.size()));
    for (std::size_t i = 2; i < keypoints_.size(); i += numbers)
        if (keypoints_[i] < 0 || keypoints_[i] > 1)
            throw DataError(fmt::format("keypoints: confidence {} of keypoint {} lies outside 0..1",
                                        shortest(keypoints_[i]),
                                        i / numbers));
}

double KeypointInstancePrediction::mean_confidence() const {
    std::vector<double> confidences;
    for (std::size_t i = 2; i < keypoints_.size(); i += numbers)
        confidences.push_back(keypoints_[i]);
    return mean(confidences);
}

double mean_uncertainty(std::span<const KeypointInstancePrediction> image) {
    std::vector<double> confidences;
    for (const auto& instance : image)
        if (!instance.keypoints().empty()) confidences.push_back(instance.mean_confidence());
    return confidences.empty() ? 0 : 1 - mean(confidences);
}

ScorerKeypointDetection::ScorerKeypointDetection(std::vector<KeypointPrediction> model_output)
    : model_output_(std::move(model_output)) {}

Scores ScorerKeypointDetection::calculate_scores() const {
    ScoreColumn column{score_names().front(), {}};
    for (const auto& image : model_output_) column.values.push_back(mean_uncertainty(image));
    return {std::move(column)};
}

std::vector<std::string> ScorerKeypointDetection::score_names() {
    return scoring::score_names(Task::keypoint_detection);
}

}  // namespace trommel::scoring
