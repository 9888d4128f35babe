#include "trommel/scoring/keypoint_detection.hpp"

#include "scoring/arithmetic.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/scoring/score_type.hpp"

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
            "keypoints: {} numbers are not a multiple of three; give x, y, confidence of each",
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

Scores score_keypoints(std::span<const KeypointPrediction> images,
                       std::span<const std::string> names) {
    Scores scores;
    for (const auto& name : names) {
        const auto& type = score_type(Task::keypoint_detection, name);
        const auto& score = std::get<OfKeypoints>(type.kernel).score;
        scores.push_back({std::string(type.name), {}});
        for (const auto& image : images) scores.back().values.push_back(score(image));
    }
    return scores;
}

ScorerKeypointDetection::ScorerKeypointDetection(std::vector<KeypointPrediction> model_output)
    : model_output_(std::move(model_output)) {}

Scores ScorerKeypointDetection::calculate_scores() const {
    return score_keypoints(model_output_, score_names());
}

std::vector<std::string> ScorerKeypointDetection::score_names() {
    return scoring::score_names(Task::keypoint_detection);
}

}  // namespace trommel::scoring
