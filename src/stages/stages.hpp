// Every kind of stage; each is defined in the file of its name.
#pragma once

#include "trommel/pipeline/stage/stage_type.hpp"

namespace trommel::stages {

StageType fetch_tag();
StageType predictions_classification();
StageType predictions_committee();
StageType predictions_object_detection();
StageType predictions_semantic_segmentation();
StageType predictions_keypoint_detection();
StageType score_classification();
StageType score_committee();
StageType score_object_detection();
StageType score_semantic_segmentation();
StageType score_keypoint_detection();
StageType score_class_probabilities();
StageType score_class_counts();
StageType score_combine();
StageType upload_scores();
StageType write_scores();
StageType sample();
StageType poll_job();
StageType label_table();
StageType train_linear_probe();
StageType predict_linear_probe();
StageType predict_server_classification();
StageType predict_server_object_detection();
StageType evaluate_accuracy();
StageType exec_train();
StageType exec_predict();
StageType exec_score();
StageType exec_label();
StageType exec_evaluate();

}  // namespace trommel::stages
