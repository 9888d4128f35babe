#include "stages/join/prediction_batches.hpp"
#include "stages/scores/batch_scorer.hpp"
#include "stages/stages.hpp"
#include "trommel/scoring/keypoint_detection.hpp"

namespace trommel::stages {
namespace {

using scoring::Task;

std::vector<std::string> keypoint_scores() {
    return scoring::score_names(Task::keypoint_detection);
}

scoring::Scores score_keypoints_of(const std::shared_ptr<const KeypointBatch>& batch,
                                   const std::vector<std::string>& names) {
    return scoring::score_keypoints(batch->outputs, names);
}

}  // namespace

StageType score_keypoint_detection() {
    return batch_scorer<KeypointBatch, score_keypoints_of, keypoint_scores>(
        "score.keypoint_detection",
        "Scores images by the uncertainty of their keypoints; an image without any scores 0.",
        Task::keypoint_detection);
}

}  // namespace trommel::stages
