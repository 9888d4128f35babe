#pragma once

#include "trommel/scoring/scorer.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trommel::dataset {

/// A folder of predictions as Lightly has them: `schema.json`, and a JSON file for each image, in
/// folders as the images are.
struct PredictionTask {
    std::filesystem::path folder{};
    scoring::Task task{};
    std::vector<std::int64_t> categories{};  ///< their ids, in the schema's order
    std::vector<std::string> names{};        ///< (categories)

    bool has_category(std::int64_t id) const;
};

/// Reads a task's schema. `folder` is the task's own, or the one that holds `tasks.json`, of whose
/// tasks `name` says which, unless there is one alone. Throws DataError, with the file, on what is
/// not there or not as it should be.
PredictionTask read_prediction_task(const std::filesystem::path& folder,
                                    std::string_view name = {});

/// Parses a schema; errors call the text `name`. The folder is left empty.
PredictionTask parse_schema(std::string_view text, const std::string& name);

/// Every file of predictions in a task's folder and those within it, in the order of their paths:
/// all
/// `.json` but the schema. O(files) memory.
std::vector<std::filesystem::path> prediction_files(const PredictionTask& task);

}  // namespace trommel::dataset
