#include "stages/join/predictions_of_file.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

StageType predictions_classification() {
    return predictions_type<dataset::ClassificationRecords, ClassificationBatch>(
        "predictions.classification", "Reads class probabilities from a file.");
}

}  // namespace trommel::stages
