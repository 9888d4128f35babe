#include "stages/model_server/model_outputs.hpp"

#include "trommel/core/error.hpp"
#include "trommel/predictions/faults.hpp"
#include "trommel/scoring/probabilities.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace trommel::stages {
namespace {

std::vector<std::string> names_in(const std::vector<Tensor>& tensors) {
    std::vector<std::string> names;
    for (const auto& tensor : tensors) names.push_back(tensor.name);
    return names;
}

const Tensor& find(const std::vector<Tensor>& tensors, const std::string& name) {
    const auto found = std::ranges::find(tensors, name, &Tensor::name);
    if (found == tensors.end())
        throw DataError(fmt::format(
            "output '{}' is missing; there are: {}", name, fmt::join(names_in(tensors), ", ")));
    return *found;
}

[[noreturn]] void refuse_shape(const Tensor& tensor, std::size_t samples, std::string_view must) {
    throw DataError(fmt::format("output '{}' is ({}), and must be {} of {} samples",
                                tensor.name,
                                fmt::join(tensor.shape, ", "),
                                must,
                                samples));
}

void check_samples(const Tensor& tensor, std::size_t samples, std::string_view must) {
    if (tensor.shape.empty() || tensor.shape[0] != samples) refuse_shape(tensor, samples, must);
}

/// In place; one value is that of the second of two classes against 0.
void soften(std::span<double> row) {
    if (row.size() == 1) {
        row[0] = 1 / (1 + std::exp(-row[0]));
        return;
    }
    const double largest = *std::ranges::max_element(row);
    double sum = 0;
    for (double& value : row) sum += value = std::exp(value - largest);
    for (double& value : row) value /= sum;
}

template <typename Batch>
void add_fault(Batch& batch, const std::string& name, const std::string& what) {
    batch.faults.push_back({.line = 0,
                            .sample = name,
                            .what = fmt::format("sample '{}': {}", name, what),
                            .text = {}});
}

/// The tensors of a detector, their shapes checked.
class Boxes {
public:
    Boxes(const DetectionOutputs& outputs, const std::vector<Tensor>& tensors, std::size_t samples)
        : outputs_(outputs), scores_(find(tensors, outputs.scores)) {
        check_samples(scores_, samples, "(samples, boxes)");
        if (scores_.shape.size() != 2) refuse_shape(scores_, samples, "(samples, boxes)");
        boxes_ = scores_.shape[1];
        const bool labels = outputs.probabilities.empty();
        const auto must = fmt::format("(samples, {}{})", boxes_, labels ? "" : ", classes");
        kinds_ = &find(tensors, labels ? outputs.labels : outputs.probabilities);
        check_samples(*kinds_, samples, must);
        if (kinds_->shape.size() != (labels ? 2U : 3U) || kinds_->shape[1] != boxes_)
            refuse_shape(*kinds_, samples, must);
        if (outputs.counts.empty()) return;
        counts_ = &find(tensors, outputs.counts);
        if (counts_->values.size() != samples) refuse_shape(*counts_, samples, "(samples)");
    }

    /// Throws DataError on what is wrong with this sample.
    scoring::ObjectDetectionOutput operator()(std::size_t sample) const {
        const auto kept = boxes_of(sample);
        std::vector<scoring::BoundingBox> boxes(kept.size(), scoring::BoundingBox(0, 0, 1, 1));
        std::vector<double> scores;
        for (const auto box : kept) scores.push_back(scores_.values[box]);
        if (!outputs_.probabilities.empty())
            return {std::move(boxes), std::move(scores), probabilities(kept)};
        std::vector<int> labels;
        for (const auto box : kept) labels.push_back(label(box));
        return scoring::ObjectDetectionOutput::from_scores(
            std::move(boxes), std::move(scores), std::move(labels));
    }

private:
    static constexpr double most_labels = 65'536;

    std::vector<std::size_t> boxes_of(std::size_t sample) const {
        auto count = static_cast<double>(boxes_);
        if (counts_ != nullptr) count = counts_->values[sample];
        if (!(count >= 0 && count <= static_cast<double>(boxes_)))
            throw DataError(fmt::format("has {} boxes of {}", count, boxes_));
        std::vector<std::size_t> kept;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            const std::size_t box = sample * boxes_ + i;
            const bool is_padding = outputs_.probabilities.empty() && kinds_->values[box] < 0;
            if (!is_padding && !(scores_.values[box] < outputs_.threshold)) kept.push_back(box);
        }
        return kept;
    }

    int label(std::size_t box) const {
        const double label = kinds_->values[box];
        if (!(label < most_labels) || label != std::floor(label))
            throw DataError(fmt::format("the label {} is not a class", label));
        return static_cast<int>(label);
    }

    Probabilities probabilities(const std::vector<std::size_t>& kept) const {
        const std::size_t classes = kinds_->shape[2];
        Probabilities rows(kept.size(), classes);
        for (std::size_t i = 0; i < kept.size(); ++i)
            std::ranges::copy(std::span(kinds_->values).subspan(kept[i] * classes, classes),
                              rows.row(i).begin());
        return rows;
    }

    const DetectionOutputs& outputs_;
    const Tensor& scores_;
    const Tensor* kinds_ = nullptr;
    const Tensor* counts_ = nullptr;
    std::size_t boxes_ = 0;
};

}  // namespace

std::vector<std::string> names_of(const ClassificationOutputs& outputs) {
    if (outputs.probabilities.empty()) return {};
    return {outputs.probabilities};
}

std::vector<std::string> names_of(const DetectionOutputs& outputs) {
    std::vector<std::string> names{outputs.scores};
    names.push_back(outputs.probabilities.empty() ? outputs.labels : outputs.probabilities);
    if (!outputs.counts.empty()) names.push_back(outputs.counts);
    return names;
}

dataset::ClassificationRecords read_outputs(const ClassificationOutputs& outputs,
                                            const std::vector<Tensor>& tensors,
                                            std::vector<std::string> names) {
    if (outputs.probabilities.empty() && tensors.size() != 1)
        throw DataError(fmt::format("there are the outputs {}; say which by 'probabilities'",
                                    fmt::join(names_in(tensors), ", ")));
    const Tensor& tensor =
        outputs.probabilities.empty() ? tensors[0] : find(tensors, outputs.probabilities);
    constexpr auto must = "(samples, classes)";
    check_samples(tensor, names.size(), must);
    if (tensor.shape.size() > 2 || tensor.values.empty()) refuse_shape(tensor, names.size(), must);
    const std::size_t classes = tensor.values.size() / names.size();
    dataset::ClassificationRecords batch;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto values = std::span(tensor.values).subspan(i * classes, classes);
        std::vector<double> row(values.begin(), values.end());
        if (outputs.logits) soften(row);
        if (const auto fault = scoring::probability_fault(row)) {
            add_fault(batch, names[i], *fault);
            continue;
        }
        batch.probs.append_row(row);
        batch.names.push_back(std::move(names[i]));
        batch.lines.push_back(i + 1);
    }
    return batch;
}

dataset::DetectionRecords read_outputs(const DetectionOutputs& outputs,
                                       const std::vector<Tensor>& tensors,
                                       std::vector<std::string> names) {
    const Boxes boxes(outputs, tensors, names.size());
    dataset::DetectionRecords batch;
    for (std::size_t i = 0; i < names.size(); ++i) try {
            auto image = boxes(i);
            if (const auto fault = predictions::prediction_fault(image)) throw DataError(*fault);
            batch.outputs.push_back(std::move(image));
            batch.names.push_back(names[i]);
            batch.lines.push_back(i + 1);
        } catch (const DataError& error) {
            add_fault(batch, names[i], error.what());
        }
    return batch;
}

}  // namespace trommel::stages
