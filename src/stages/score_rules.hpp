// How predictions of a task become rows of scores; shared by all threads that score.
#pragma once

#include "trommel/dataset/committees.hpp"
#include "trommel/dataset/npy.hpp"
#include "trommel/dataset/predictions.hpp"
#include "trommel/scoring/combination.hpp"
#include "trommel/scoring/object_detection.hpp"
#include "trommel/scoring/row_scorer.hpp"
#include "trommel/stages/score_files.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::stages {

/// What to do with a sample whose predictions are no probabilities.
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

/// Of one request.
struct ScoreRules {
    /// Throws ConfigError on scores or settings that the task does not have.
    explicit ScoreRules(const ScoreRequest& request);

    scoring::Task task;
    std::vector<std::string> names{};  ///< current ones, as asked for
    scoring::ObjectDetectionConfig detection{};
    OnInvalid on_invalid = OnInvalid::fail;
    std::optional<scoring::Combination> combination{};
    dataset::Uint16 uint16 = dataset::Uint16::refuse;
    std::string member{};           ///< of .npz files
    std::string prediction_task{};  ///< of a folder with tasks.json

    /// object_frequency of all images, which the first pass finds.
    scoring::Extent frequencies{};
    bool is_counting =
        false;  ///< this is the first pass: the only score is the frequency, unscaled

    /// Whether a score compares a sample with all others, so that two passes are needed.
    bool needs_counting() const;
    /// The names of the columns that are written.
    std::vector<std::string> columns() const;
    dataset::ReadOptions read_options() const;
};

/// Scores the batch of a file that errors call `file`.
ScoredRows score_batch(const ScoreRules& rules,
                       dataset::ClassificationBatch batch,
                       const std::string& file);
ScoredRows score_batch(const ScoreRules& rules,
                       dataset::DetectionBatch batch,
                       const std::string& file);
ScoredRows score_batch(const ScoreRules& rules,
                       dataset::SegmentationBatch batch,
                       const std::string& file);
ScoredRows score_batch(const ScoreRules& rules,
                       dataset::KeypointBatch batch,
                       const std::string& file);

ScoredRows score_batch(const ScoreRules& rules,
                       dataset::CommitteeBatch batch,
                       const std::string& file);

/// What rows of an array are called.
struct RowLabels {
    std::string file{};
    std::uint64_t first = 0;           ///< the number of the first of them
    std::vector<std::string> names{};  ///< theirs, or none

    /// For errors.
    std::string place(std::size_t row) const;
};

/// Rows of an array (rows, classes).
template <typename T>
ScoredRows score_rows(const ScoreRules& rules,
                      std::span<const T> probs,
                      std::size_t classes,
                      RowLabels labels);

/// Samples of an array (samples, members, classes): committees. In double precision.
ScoredRows score_committee_rows(const ScoreRules& rules,
                                std::span<const double> probs,
                                std::size_t members,
                                std::size_t classes,
                                RowLabels labels);

/// Images of an array (samples, pixels, classes).
template <typename T>
ScoredRows score_image_rows(const ScoreRules& rules,
                            std::span<const T> probs,
                            std::size_t pixels,
                            std::size_t classes,
                            RowLabels labels);

}  // namespace trommel::stages
