#include "stages/join/predictions_of_file.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

StageType predictions_classification() {
    return predictions_type<dataset::ClassificationRecords, ClassificationBatch>(
        "predictions.classification",
        "Reads class probabilities that a model has written to a file.");
}

}  // namespace trommel::stages
