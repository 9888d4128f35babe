#include "stages/join/predictions_of_file.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

StageType predictions_keypoint_detection() {
    return predictions_type<dataset::KeypointRecords, KeypointBatch>(
        "predictions.keypoint_detection", "Reads keypoints that a model has written to a file.");
}

}  // namespace trommel::stages
