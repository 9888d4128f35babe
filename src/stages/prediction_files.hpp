// Predictions in files of every format, in batches.
#pragma once

#include "trommel/dataset/predictions.hpp"
#include "trommel/stages/score_files.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace trommel::stages {

struct PredictionFile {
    std::filesystem::path file{};  ///< or a folder
    ScoreInput format = ScoreInput::automatic;
    std::filesystem::path names{};  ///< of the rows of an array; empty: their numbers
    std::string member{};           ///< of a .npz
    std::string prediction_task{};  ///< of a folder with tasks.json
    dataset::FilePart part{};       ///< for JSON Lines alone
};

/// The format that a file's name tells; JSON Lines where it tells none.
ScoreInput format_of(const PredictionFile& file);

/// Opens it for the task of `Batch`, one of dataset's; blocks. Throws ConfigError where the task
/// has no such format, DataError on what is not there or not of the format.
template <typename Batch>
std::shared_ptr<dataset::PredictionReader<Batch>> open_predictions(
    const PredictionFile& file, const dataset::ReadOptions& options);

}  // namespace trommel::stages
