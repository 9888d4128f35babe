#include "stages/join/predictions_of_file.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

StageType predictions_committee() {
    return predictions_type<dataset::CommitteeRecords, CommitteeBatch>(
        "predictions.committee",
        "Reads class probabilities of several models, or of one with dropout left on (Monte "
        "Carlo), "
        "from a file: JSON Lines with a list for each model, or an array (samples, models, "
        "classes).");
}

}  // namespace trommel::stages
