// What users' programs write: JSON objects, one a line, joined to samples by file name.
#pragma once

#include "trommel/pipeline/stage/ports.hpp"
#include "trommel/pipeline/stage/records.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trommel::stages {

/// `{"file_name": "a.jpg", "scores": {"novelty": 0.3}}` a line; all lines have the same names of
/// scores. Samples outside the query set are passed over. What is wrong with a
/// record is told to `errors`, or thrown as DataError with file, line and sample.
ScoreBatch read_scores(const std::filesystem::path& file,
                       const TagSetPtr& of,
                       RecordErrors& errors);

/// One object with a finite number for each of `metrics`.
Metrics read_metrics(const std::filesystem::path& file, const std::vector<std::string>& metrics);

/// Labels as a CSV `file_name,label`, for people; replaces the file in one step.
void write_labels(const std::filesystem::path& file, const LabelBatch& labels);

}  // namespace trommel::stages
