#include "trommel/stages/stages.hpp"

#include "stages/stages.hpp"

namespace trommel::stages {

Registry all_stages() {
    Registry registry;
    registry.add(fetch_tag());
    registry.add(predictions_classification());
    registry.add(predictions_committee());
    registry.add(predictions_object_detection());
    registry.add(predictions_semantic_segmentation());
    registry.add(predictions_keypoint_detection());
    registry.add(score_classification());
    registry.add(score_committee());
    registry.add(score_object_detection());
    registry.add(score_semantic_segmentation());
    registry.add(score_keypoint_detection());
    registry.add(score_class_probabilities());
    registry.add(score_class_counts());
    registry.add(score_combine());
    registry.add(upload_scores());
    registry.add(write_scores());
    registry.add(sample());
    registry.add(poll_job());
    registry.add(label_table());
    registry.add(train_linear_probe());
    registry.add(predict_linear_probe());
    registry.add(predict_server_classification());
    registry.add(predict_server_object_detection());
    registry.add(evaluate_accuracy());
    registry.add(exec_train());
    registry.add(exec_predict());
    registry.add(exec_score());
    registry.add(exec_label());
    registry.add(exec_evaluate());
    return registry;
}

}  // namespace trommel::stages
