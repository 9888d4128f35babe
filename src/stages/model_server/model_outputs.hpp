// What a model's output tensors say about samples.
#pragma once

#include "stages/model_server/inference_message.hpp"
#include "trommel/dataset/predictions.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace trommel::stages {

/// Which tensor is which.
struct ClassificationOutputs {
    std::string probabilities{};  ///< (samples, classes) or (samples); empty: the only one
    bool logits = false;          ///< they become probabilities by softmax, of one alone by sigmoid
};

struct DetectionOutputs {
    std::string scores{};         ///< (samples, boxes)
    std::string labels{};         ///< (samples, boxes); below 0: no box
    std::string probabilities{};  ///< (samples, boxes, classes), in place of labels
    std::string counts{};         ///< (samples) or (samples, 1): how many boxes; empty: all
    double threshold = 0;         ///< boxes of a lower score are none
};

/// Their names, as they are asked for; none: all.
std::vector<std::string> names_of(const ClassificationOutputs& outputs);
std::vector<std::string> names_of(const DetectionOutputs& outputs);

/// Reads predictions of the samples called `names`. What is wrong with one sample is a fault of
/// the batch. Throws DataError on a tensor that is not there or not of the shape.
dataset::ClassificationRecords read_outputs(const ClassificationOutputs& outputs,
                                            const std::vector<Tensor>& tensors,
                                            std::vector<std::string> names);
dataset::DetectionRecords read_outputs(const DetectionOutputs& outputs,
                                       const std::vector<Tensor>& tensors,
                                       std::vector<std::string> names);

}  // namespace trommel::stages
