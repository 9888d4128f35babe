#include "stages/join/prediction_batches.hpp"
#include "stages/scores/batch_scorer.hpp"
#include "stages/stages.hpp"
#include "trommel/scoring/semantic_segmentation.hpp"

namespace trommel::stages {
namespace {

using scoring::Task;

scoring::Scores score_segmented(const std::shared_ptr<const SegmentationBatch>& batch,
                                const std::vector<std::string>& names) {
    scoring::Scores columns;
    for (const auto& name : names)
        columns.push_back(
            {.name = scoring::score_name(Task::semantic_segmentation, name), .values = {}});
    for (const auto& image : batch->images) {
        const auto scores =
            scoring::score_segmented(names, image.probs, image.weights, image.precision);
        for (std::size_t m = 0; m < scores.size(); ++m) columns[m].values.push_back(scores[m]);
    }
    return columns;
}

std::vector<std::string> segmentation_scores() {
    return scoring::score_names(Task::semantic_segmentation);
}

}  // namespace

StageType score_semantic_segmentation() {
    return batch_scorer<SegmentationBatch, score_segmented, segmentation_scores>(
        "score.semantic_segmentation",
        "Scores images by the uncertainty of their pixels; an image without any scores 0.",
        Task::semantic_segmentation);
}

}  // namespace trommel::stages
