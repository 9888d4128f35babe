#pragma once

#include "trommel/pipeline/operations/run/run.hpp"

#include <filesystem>

namespace trommel::cli {

/// Prints what a run has measured, on standard output, beside its baseline.
void print_table(const RunResult& result);
void print_json(const RunResult& result, const std::filesystem::path& directory);

}  // namespace trommel::cli
