#include "stages/join/predictions_of_file.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

StageType predictions_semantic_segmentation() {
    return predictions_type<dataset::SegmentationRecords, SegmentationBatch>(
        "predictions.semantic_segmentation",
        "Reads segmented images that a model has written to a file.");
}

}  // namespace trommel::stages
