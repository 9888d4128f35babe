#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/scoring/bounding_box.hpp"

#include <optional>
#include <vector>

namespace trommel::scoring {

/// What a detector found in one image: boxes, and for each how likely it holds an object and of
/// which class. An image without boxes is fine.
class ObjectDetectionOutput {
public:
    /// For models that give class probabilities (boxes, classes). A box's label is its likeliest
    /// class, the first of equals; its score is objectness times that class's probability, unless
    /// `scores` are given. Throws DataError when there is not one of each for every box, or a box
    /// has no class. Ranges of probabilities are not checked.
    ObjectDetectionOutput(std::vector<BoundingBox> boxes,
                          std::vector<double> object_probabilities,
                          Probabilities class_probabilities,
                          std::optional<std::vector<double>> scores = std::nullopt);

    /// For models that give one score and one label a box. The class probabilities are made up: the
    /// label gets the score and all other classes share the rest evenly, over 0 … the image's
    /// largest label (at least two classes). So the number of classes depends on the labels in the
    /// image, as it does in Lightly. A negative label counts from the last class. Throws DataError
    /// on a score outside [0, 1] or a label that names no class.
    static ObjectDetectionOutput from_scores(std::vector<BoundingBox> boxes,
                                             std::vector<double> scores,
                                             std::vector<int> labels);

    const std::vector<BoundingBox>& boxes() const { return boxes_; }
    const std::vector<double>& object_probabilities() const { return object_probabilities_; }
    /// (boxes, classes)
    const Probabilities& class_probabilities() const { return class_probabilities_; }
    const std::vector<double>& scores() const { return scores_; }
    const std::vector<int>& labels() const { return labels_; }

private:
    std::vector<BoundingBox> boxes_;
    std::vector<double> object_probabilities_;
    Probabilities class_probabilities_;
    std::vector<double> scores_;
    std::vector<int> labels_;
};

}  // namespace trommel::scoring
