#include "stages/join/predictions_of_file.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

StageType predictions_object_detection() {
    return predictions_type<dataset::DetectionRecords, DetectionBatch>(
        "predictions.object_detection",
        "Reads detected objects that a model has written to a file.");
}

}  // namespace trommel::stages
