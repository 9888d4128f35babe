#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace trommel {

/// How a cell of a sweep ended, as `cell.json` in its run directory says. A cell that was cut off
/// has none.
struct CellRecord {
    bool failed = false;
    std::string error{};  ///< why it failed
    double seconds = 0;   ///< that it took
};

/// The record in a run directory, or nothing: there is none, or no whole one.
std::optional<CellRecord> read_cell_record(const std::filesystem::path& directory);

/// Replaces the record in one step. Throws Error if that cannot be.
void write_cell_record(const std::filesystem::path& directory, const CellRecord& record);

}  // namespace trommel
