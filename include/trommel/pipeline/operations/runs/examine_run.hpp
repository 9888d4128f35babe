// What of a run's directory is whole.
#pragma once

#include "trommel/core/finding.hpp"

#include <filesystem>

namespace trommel {

/// Uses every file that a run leans on: its journal, the manifests of its rounds, its database,
/// the labels that it was given, its inputs, and the tables that follow from the rounds. Reads all
/// of them and changes nothing. Throws Error if there is no run in the directory.
Examination examine_run(const std::filesystem::path& directory);

/// Uses the files in `schedules/` of a server's data folder.
Examination examine_schedules(const std::filesystem::path& data);

/// Writes picks.csv and metrics.csv anew from the manifests of the rounds. Throws Error where
/// another process works in the run, DataError where a manifest is damaged.
void rewrite_tables(const std::filesystem::path& directory);

}  // namespace trommel
