// One sample's prediction as Lightly keeps it: a JSON file of its own.
#pragma once

#include "trommel/dataset/line_reader.hpp"
#include "trommel/dataset/prediction_task.hpp"
#include "trommel/dataset/predictions.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace trommel::stages {

/// The task whose predictions a `Batch` of dataset's holds.
template <typename Batch>
scoring::Task task_of();

/// Reads JSON Lines of the task of `Batch`.
template <typename Batch>
std::unique_ptr<dataset::PredictionReader<Batch>> open_lines(dataset::LineReader lines,
                                                             const dataset::ReadOptions& options);

/// The record in a file's text. Throws DataError where it is none, or not one that `task`, if that
/// is not null, may have.
template <typename Batch>
Batch read_record(std::string content,
                  const dataset::PredictionTask* task,
                  const dataset::ReadOptions& options,
                  const std::string& file);

/// A file's text; throws DataError on one of more than 64 MiB.
std::string read_small_file(const std::filesystem::path& file);

/// Whether a packed file holds a prediction, by its name.
bool is_record(const std::string& name);

}  // namespace trommel::stages
