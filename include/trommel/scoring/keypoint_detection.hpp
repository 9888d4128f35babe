// Scores of keypoint detection: from the confidences of the keypoints found in each image.
#pragma once

#include "trommel/scoring/scorer.hpp"

#include <span>
#include <string>
#include <vector>

namespace trommel::scoring {

/// One body, or other thing with keypoints.
class KeypointInstancePrediction {
public:
    /// `keypoints` are x, y and confidence of each, one after another; none is fine. Throws
    /// DataError where their count is not a multiple of three or a confidence lies outside [0, 1].
    explicit KeypointInstancePrediction(std::vector<double> keypoints,
                                        int category_id = -1,
                                        double score = -1);

    const std::vector<double>& keypoints() const { return keypoints_; }
    int category_id() const { return category_id_; }
    double score() const { return score_; }

    /// The mean confidence of its keypoints, of which there is one or more.
    double mean_confidence() const;

private:
    std::vector<double> keypoints_;
    int category_id_;
    double score_;
};

/// What was found in an image; nothing is fine.
using KeypointPrediction = std::vector<KeypointInstancePrediction>;

/// 1 - the mean over the image's instances of their mean confidences, in [0, 1]; instances without
/// keypoints do not count, and an image without any scores 0. A NaN gives NaN, as in Lightly.
double mean_uncertainty(std::span<const KeypointInstancePrediction> image);

/// One column for each of `names` (aliases allowed; columns bear the current names). Throws
/// ConfigError on an unknown name.
Scores score_keypoints(std::span<const KeypointPrediction> images,
                       std::span<const std::string> names);

/// Lightly's scorer of the same name.
class ScorerKeypointDetection final : public Scorer {
public:
    explicit ScorerKeypointDetection(std::vector<KeypointPrediction> model_output);

    Scores calculate_scores() const override;
    static std::vector<std::string> score_names();

private:
    std::vector<KeypointPrediction> model_output_;
};

}  // namespace trommel::scoring
