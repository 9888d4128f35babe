// How predictions of a task become rows of scores; shared by all threads that score.
#pragma once

#include "trommel/predictions/reader.hpp"
#include "trommel/scoring/combination.hpp"
#include "trommel/scoring/object_detection.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trommel::predictions {

/// What to do with a sample whose predictions are not probabilities.
enum class OnInvalid {
    fail,
    zero,  ///< as Lightly's client did without a word: all its scores are 0; counted
    skip   ///< no row; counted
};

/// So many reasons are told; the others are counted.
constexpr std::size_t most_reasons = 10;

/// Some samples' scores, in the order of their input.
struct ScoredRows {
    std::vector<std::string> names{};  ///< (samples); none: numbers
    std::uint64_t first_number = 0;
    std::size_t rows = 0;
    scoring::Scores columns{};
    std::uint64_t invalid = 0;
    std::vector<std::string> reasons{};  ///< of the first of them
};

/// Which scores, and how.
struct ScoreRules {
    /// No `scores`: score_names(task); `config` by name, see score_settings(). Throws ConfigError
    /// on scores or settings that the task does not have.
    ScoreRules(scoring::Task of,
               const std::vector<std::string>& scores,
               const std::vector<std::pair<std::string, std::string>>& config);

    scoring::Task task;
    std::vector<std::string> names{};  ///< current ones, as asked for
    scoring::ObjectDetectionConfig detection{};
    OnInvalid on_invalid = OnInvalid::fail;
    std::optional<scoring::Combination> combination{};
    dataset::Uint16 uint16 = dataset::Uint16::refuse;
    std::string member{};           ///< of .npz files
    std::string prediction_task{};  ///< of a folder with tasks.json

    /// Of the scores that compare a sample with all others: of their values, by name, which a first
    /// pass finds.
    std::map<std::string, scoring::Extent> extents{};
    bool is_counting = false;  ///< this is the first pass: the columns are those values alone

    /// Whether that score compares a sample with all others.
    bool needs_all_samples(std::size_t score) const;
    /// Whether one compares a sample with all others, so that two passes are needed.
    bool needs_counting() const;
    /// The names of the columns that are written.
    std::vector<std::string> columns() const;
    /// How `inputs` are read for them.
    ReadRequest read_request(std::vector<std::filesystem::path> inputs) const;
};

/// Scores a batch. Throws DataError on predictions that are none, unless they are to be counted.
ScoredRows score(const ScoreRules& rules, Batch batch);

/// What may be set for a task, and what it means.
std::vector<std::pair<std::string, std::string>> score_settings(scoring::Task task);

}  // namespace trommel::predictions
