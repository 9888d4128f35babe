// Rows of scores as text or as an array.
#pragma once

#include "trommel/predictions/score.hpp"
#include "trommel/stages/scores/score_files.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trommel::stages {

using predictions::ScoredRows;

/// The rows as they are in the file: lines, or of an array its numbers.
std::string format_rows(const ScoredRows& rows, ScoreOutput format);

/// A file of scores that appears under its name when it is whole. What has been written is gone if
/// it is not finished.
class ScoreFile {
public:
    /// Throws Error if the file cannot be written.
    ScoreFile(std::filesystem::path path, ScoreOutput format, std::vector<std::string> columns);
    ScoreFile(const ScoreFile&) = delete;
    ScoreFile& operator=(const ScoreFile&) = delete;
    ~ScoreFile();

    /// `text` is that of the rows, from format_rows.
    void append(const ScoredRows& rows, const std::string& text);

    /// What has been written, under its name; `invalid` and its reasons as they were counted.
    ScoreSummary finish();

private:
    void write(std::string_view bytes);
    void write_npy_header();

    std::filesystem::path path_;
    std::filesystem::path draft_;
    ScoreOutput format_;
    int descriptor_;
    ScoreSummary summary_;
};

}  // namespace trommel::stages
