#pragma once

#include "trommel/pipeline/language/instant.hpp"

#include <filesystem>
#include <string>

namespace trommel::cli {

/// The time, as schedules count it.
Instant now();

/// The command that lets a paused pipeline go on; `data` as it was given, or empty.
std::string resume_command(const std::filesystem::path& file, const std::filesystem::path& data);

/// What to write under `schedule:`, for files that have none.
std::string schedule_advice(const std::filesystem::path& file);

}  // namespace trommel::cli
