#include "stages/lightly_records.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/committees.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::stages {
namespace {

using dataset::PredictionTask;
using scoring::Task;

/// A text of JSON as one line; a line end within it is blank, for in strings none may stand.
std::string in_one_line(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

/// What a record says must be in the task's schema.
void check_schema(const dataset::DetectionBatch& batch,
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
void check_schema(const dataset::ClassificationBatch& batch,
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
template <typename Batch>
void check_schema(const Batch&, const PredictionTask&, const std::string&) {}

}  // namespace

template <>
Task task_of<dataset::ClassificationBatch>() {
    return Task::classification;
}
template <>
Task task_of<dataset::CommitteeBatch>() {
    return Task::classification;
}
template <>
Task task_of<dataset::DetectionBatch>() {
    return Task::object_detection;
}
template <>
Task task_of<dataset::SegmentationBatch>() {
    return Task::semantic_segmentation;
}
template <>
Task task_of<dataset::KeypointBatch>() {
    return Task::keypoint_detection;
}

template <>
std::unique_ptr<dataset::ClassificationReader> open_lines(dataset::LineReader lines,
                                                          const dataset::ReadOptions& options) {
    return open_classification(std::move(lines), dataset::PredictionFormat::jsonl, options);
}
template <>
std::unique_ptr<dataset::DetectionReader> open_lines(dataset::LineReader lines,
                                                     const dataset::ReadOptions& options) {
    return open_detections(std::move(lines), options);
}
template <>
std::unique_ptr<dataset::SegmentationReader> open_lines(dataset::LineReader lines,
                                                        const dataset::ReadOptions& options) {
    return open_segmentation(std::move(lines), options);
}
template <>
std::unique_ptr<dataset::KeypointReader> open_lines(dataset::LineReader lines,
                                                    const dataset::ReadOptions& options) {
    return open_keypoints(std::move(lines), options);
}

template <>
std::unique_ptr<dataset::CommitteeReader> open_lines(dataset::LineReader lines,
                                                     const dataset::ReadOptions& options) {
    return open_committees(std::move(lines), options);
}

template <typename Batch>
Batch read_record(std::string content,
                  const PredictionTask* task,
                  const dataset::ReadOptions& options,
                  const std::string& file) {
    const auto reader = open_lines<Batch>(
        dataset::LineReader::of_chunk(in_one_line(std::move(content)), 1, file), options);
    auto batch = reader->next();
    if (!batch) throw DataError(fmt::format("{}: the file is empty", file));
    if (task != nullptr) check_schema(*batch, *task, file);
    return *std::move(batch);
}

template dataset::ClassificationBatch read_record(std::string,
                                                  const PredictionTask*,
                                                  const dataset::ReadOptions&,
                                                  const std::string&);
template dataset::DetectionBatch read_record(std::string,
                                             const PredictionTask*,
                                             const dataset::ReadOptions&,
                                             const std::string&);
template dataset::SegmentationBatch read_record(std::string,
                                                const PredictionTask*,
                                                const dataset::ReadOptions&,
                                                const std::string&);
template dataset::KeypointBatch read_record(std::string,
                                            const PredictionTask*,
                                            const dataset::ReadOptions&,
                                            const std::string&);

std::string read_small_file(const std::filesystem::path& file) {
    if (std::filesystem::file_size(file) > dataset::LineReader::longest_line)
        throw DataError(fmt::format("{}: is larger than 64 MiB", file.string()));
    return read_file(file);
}

bool is_record(const std::string& name) {
    const auto file = std::filesystem::path(name).filename();
    return file.extension() == ".json" && file != "tasks.json" && file != "schema.json";
}

}  // namespace trommel::stages
