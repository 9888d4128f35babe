#include "stages/scores/class_scores.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {
namespace {

/// How many objects of the class were found.
scoring::Scores counts_of(const std::shared_ptr<const DetectionBatch>& batch,
                          const ClassNames& classes) {
    auto columns = empty_columns(classes, batch->outputs.size());
    for (std::size_t i = 0; i < batch->outputs.size(); ++i) {
        for (const int label : batch->outputs[i].labels()) {
            if (label < 0 || static_cast<std::size_t>(label) >= classes.size())
                throw DataError(
                    fmt::format("sample '{}' has an object of class {}, and 'classes' names {}: {}",
                                batch->of->name(batch->samples[i]),
                                label,
                                classes.size(),
                                fmt::join(classes, ", ")));
            columns[static_cast<std::size_t>(label)].values[i] += 1;
        }
    }
    return columns;
}

}  // namespace

StageType score_class_counts() {
    return score_classes<DetectionBatch, counts_of>(
        "score.class_counts", "Scores each class by its number of objects, for the goal balance.");
}

}  // namespace trommel::stages
