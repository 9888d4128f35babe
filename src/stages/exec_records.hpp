// What users' programs write: JSON objects, one a line, joined to samples by file name.
#pragma once

#include "trommel/pipeline/ports.hpp"
#include "trommel/pipeline/records.hpp"

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

/// `{"file_name": "a.jpg", "label": "cat"}` a line: one for each of the samples `asked` about.
LabelBatch read_answers(const std::filesystem::path& file,
                        const TagSetPtr& of,
                        const BitMask& asked,
                        RecordErrors& errors);

/// One object with a finite number for each of `metrics`.
Metrics read_metrics(const std::filesystem::path& file, const std::vector<std::string>& metrics);

/// Labels given in earlier rounds, a CSV `file_name,label`; none if the file is not there.
LabelBatch read_known_labels(const std::filesystem::path& file, const TagSetPtr& of);
/// Replaces the file in one step.
void write_known_labels(const std::filesystem::path& file, const LabelBatch& labels);

}  // namespace trommel::stages
