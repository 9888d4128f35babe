#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"

#include <filesystem>
#include <string>

namespace trommel::cli {

/// Prints why the stage ran again in the run of the directory `run`, unless that is empty, and why
/// it would now.
void explain(const Pipeline& pipeline,
             const std::string& stage,
             const std::filesystem::path& run,
             bool as_json);

}  // namespace trommel::cli
