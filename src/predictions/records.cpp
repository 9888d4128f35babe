#include "predictions/records.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace trommel::predictions {
namespace {

using dataset::PredictionTask;

/// A text of JSON as one line; a line end within it is blank, for in strings none may appear.
std::string in_one_line(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

/// What a record says must be in the task's schema.
void check_schema(const dataset::DetectionRecords& batch,
                  const PredictionTask& task,
                  const std::string& file) {
    for (std::size_t i = 0; i < batch.outputs.size(); ++i)
        for (const int label : batch.outputs[i].labels())
            if (!task.has_category(label))
                throw DataError(
                    fmt::format("{}: sample '{}': category {} is not in the schema of {}",
                                file,
                                batch.names[i],
                                label,
                                task.folder.string()));
}
void check_schema(const dataset::ClassificationRecords& batch,
                  const PredictionTask& task,
                  const std::string& file) {
    if (batch.probs.rows() > 0 && batch.probs.cols() > 1 &&
        batch.probs.cols() != task.categories.size())
        throw DataError(fmt::format("{}: {} probabilities, and the schema of {} has {} categories",
                                    file,
                                    batch.probs.cols(),
                                    task.folder.string(),
                                    task.categories.size()));
}
template <typename Predictions>
void check_schema(const Predictions&, const PredictionTask&, const std::string&) {}

template <typename T>
void move_behind(std::vector<T>& all, std::vector<T>& more) {
    std::ranges::move(more, std::back_inserter(all));
}

void append_values(dataset::ClassificationRecords& all,
                   dataset::ClassificationRecords& more,
                   const std::string& file) {
    if (!all.names.empty() && !more.names.empty() && all.probs.cols() != more.probs.cols())
        throw DataError(fmt::format(
            "{}: {} probabilities, and {} before it", file, more.probs.cols(), all.probs.cols()));
    for (std::size_t i = 0; i < more.probs.rows(); ++i) all.probs.append_row(more.probs.row(i));
}
void append_values(dataset::SegmentationRecords& all,
                   dataset::SegmentationRecords& more,
                   const std::string&) {
    move_behind(all.images, more.images);
}
template <typename Predictions>
void append_values(Predictions& all, Predictions& more, const std::string&) {
    if constexpr (requires { all.outputs; }) move_behind(all.outputs, more.outputs);
}

class InOrder final : public ChunkReader {
public:
    explicit InOrder(NextBatch next) : next_(std::move(next)) {}

    std::optional<Chunk> next() override {
        auto batch = next_();
        if (!batch) return std::nullopt;
        return [given = *std::move(batch)]() mutable { return std::move(given); };
    }

private:
    NextBatch next_;
};

}  // namespace

NextBatch open_records(dataset::LineReader lines,
                       PredictionType type,
                       const dataset::ReadOptions& options) {
    auto file = lines.name();
    switch (type) {
        case PredictionType::classification:
            return batches_of(
                open_classification(std::move(lines), dataset::PredictionFormat::jsonl, options),
                std::move(file));
        case PredictionType::committee:
            return batches_of(open_committees(std::move(lines), options), std::move(file));
        case PredictionType::object_detection:
            return batches_of(open_detections(std::move(lines), options), std::move(file));
        case PredictionType::semantic_segmentation:
            return batches_of(open_segmentation(std::move(lines), options), std::move(file));
        case PredictionType::keypoint_detection:
            break;
    }
    return batches_of(open_keypoints(std::move(lines), options), std::move(file));
}

std::unique_ptr<ChunkReader> in_order(NextBatch next) {
    return std::make_unique<InOrder>(std::move(next));
}

void append(Batch& all, Batch more) {
    const auto add = [&]<typename Predictions>(Predictions& into) {
        if constexpr (!std::is_same_v<Predictions, ArrayRows>) {
            auto& from = std::get<Predictions>(more.predictions);
            append_values(into, from, more.file);
            move_behind(all.files, more.files);
            move_behind(into.names, from.names);
            move_behind(into.lines, from.lines);
            move_behind(into.faults, from.faults);
        }
    };
    std::visit(add, all.predictions);
}

Batch read_record(std::string content,
                  PredictionType type,
                  const PredictionTask* task,
                  const dataset::ReadOptions& options,
                  const std::string& file) {
    const auto next = open_records(
        dataset::LineReader::of_chunk(in_one_line(std::move(content)), 1, file), type, options);
    auto batch = next();
    if (!batch) throw DataError(fmt::format("{}: the file is empty", file));
    const auto complete = [&](const auto& predictions) {
        if (task != nullptr) check_schema(predictions, *task, file);
        batch->files.assign(predictions.names.size(), file);
    };
    std::visit(complete, batch->predictions);
    return *std::move(batch);
}

}  // namespace trommel::predictions
