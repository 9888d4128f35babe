// Scoring predictions from files to a file, without a pipeline: what `trommel score` does.
#pragma once

#include "trommel/predictions/format.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trommel::stages {

enum class ScoreOutput { csv, jsonl, npy };

struct ScoreRequest {
    scoring::Task task{};
    std::vector<std::filesystem::path> inputs{};  ///< read one after another, as one
    const predictions::Format* format = nullptr;  ///< null: uses the file's name
    /// File names for the rows of arrays, one a line; empty: a row's name is its number, from 0.
    std::filesystem::path names{};
    std::vector<std::string> scores{};  ///< none: score_names(task)
    /// Settings by name; see predictions::score_settings().
    std::vector<std::pair<std::string, std::string>> config{};
    std::filesystem::path output{};
    ScoreOutput output_format = ScoreOutput::csv;
    unsigned threads = 1;
};

struct ScoreSummary {
    struct Column {
        std::string name{};
        double lowest = 0;
        double mean = 0;
        double highest = 0;
    };

    std::uint64_t samples = 0;                 ///< written
    std::uint64_t invalid = 0;                 ///< scored 0 or left out, as `on_invalid` says
    std::vector<std::string> first_invalid{};  ///< the first ten, with their reasons
    std::vector<Column> columns{};
};

struct ScoreProgress {
    std::uint64_t samples = 0;
    std::optional<double> fraction{};  ///< of the input, where it is known
    bool is_counting = false;          ///< the first of two passes
};

/// Scores every sample of the inputs and writes a row for each, in their order: `file_name` and the
/// scores, as numbers that read back exactly. Memory does not depend on the number of samples. The
/// output appears when it is whole.
///
/// Throws ConfigError on settings or scores that the task does not have, and DataError, with file,
/// record and rule, on what cannot be read or scored.
ScoreSummary score_files(const ScoreRequest& request,
                         const std::function<void(const ScoreProgress&)>& progress = {});

}  // namespace trommel::stages
