#include "trommel/scoring/object_detection_output.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace trommel::scoring {
namespace {

void require_one_per_box(std::string_view what, std::size_t count, std::size_t boxes) {
    if (count == boxes) return;
    throw DataError(
        fmt::format("detections: {} {} for {} boxes; give one for each box", count, what, boxes));
}

void require_score(double score) {
    if (score > 1 || score < 0) {
        throw DataError(fmt::format(
            "detections: score {} lies outside 0..1; give the confidence as a probability",
            shortest(score)));
    }
}

/// More classes than any detector has; a label beyond it is an error rather than gigabytes of
/// zeros.
constexpr int max_label = 100'000;

/// The column that `label` means in a row of `columns`, counting from the end where negative.
std::size_t column_of(int label, int columns) {
    const int column = label < 0 ? label + columns : label;
    if (column < 0 || label > max_label) {
        throw DataError(
            fmt::format("detections: label {} names none of {} classes; number classes from 0",
                        label,
                        columns));
    }
    return static_cast<std::size_t>(column);
}

/// The class probabilities that from_scores makes up.
Probabilities spread(const std::vector<double>& scores, const std::vector<int>& labels) {
    const int highest = labels.empty() ? 0 : *std::ranges::max_element(labels);
    const int others = std::clamp(highest, 1, max_label);
    Probabilities probs(labels.size(), static_cast<std::size_t>(others) + 1);
    for (std::size_t box = 0; box < labels.size(); ++box) {
        std::ranges::fill(probs.row(box), (1 - scores[box]) / others);
        probs(box, column_of(labels[box], others + 1)) = scores[box];
    }
    return probs;
}

}  // namespace

ObjectDetectionOutput::ObjectDetectionOutput(std::vector<BoundingBox> boxes,
                                             std::vector<double> object_probabilities,
                                             Probabilities class_probabilities,
                                             std::optional<std::vector<double>> scores)
    : boxes_(std::move(boxes)),
      object_probabilities_(std::move(object_probabilities)),
      class_probabilities_(std::move(class_probabilities)) {
    require_one_per_box("object probabilities", object_probabilities_.size(), boxes_.size());
    require_one_per_box("rows of class probabilities", class_probabilities_.rows(), boxes_.size());
    if (scores) require_one_per_box("scores", scores->size(), boxes_.size());
    if (!boxes_.empty() && class_probabilities_.cols() == 0) {
        throw DataError("detections: the boxes have no class probabilities; give at least one");
    }
    labels_.reserve(boxes_.size());
    scores_.reserve(boxes_.size());
    for (std::size_t box = 0; box < boxes_.size(); ++box) {
        const auto row = class_probabilities_.row(box);
        const auto likeliest = std::max_element(row.begin(), row.end());
        labels_.push_back(static_cast<int>(likeliest - row.begin()));
        scores_.push_back(object_probabilities_[box] * *likeliest);
    }
    if (scores) scores_ = *std::move(scores);
}

ObjectDetectionOutput ObjectDetectionOutput::from_scores(std::vector<BoundingBox> boxes,
                                                         std::vector<double> scores,
                                                         std::vector<int> labels) {
    require_one_per_box("scores", scores.size(), boxes.size());
    require_one_per_box("labels", labels.size(), boxes.size());
    std::ranges::for_each(scores, require_score);
    ObjectDetectionOutput output({}, {}, {});  // whose likeliest classes nobody asks for
    output.class_probabilities_ = spread(scores, labels);
    output.boxes_ = std::move(boxes);
    output.object_probabilities_ = scores;
    output.scores_ = std::move(scores);
    output.labels_ = std::move(labels);
    return output;
}

}  // namespace trommel::scoring
