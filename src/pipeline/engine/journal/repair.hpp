// Repair: what makes a damaged run one that can be resumed, once somebody has said so.
#pragma once

#include "pipeline/engine/journal/run_history.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

/// What of a run is left out from now on.
struct Repair {
    std::vector<std::string> lost{};  ///< `journal.jsonl:5`, `rounds/main/3.json`
    RoundsLeft rounds{};              ///< of the parts that lost rounds
};

/// Takes what is damaged out of the way, in the run's record logs and its rounds: a line alone, a
/// round with all later ones, for they were chosen after it. Each file is kept as it was, under a
/// name that ends in `damaged`. The caller holds the run's lock.
///
/// Throws DataError if what is damaged says what the run is of, ConfigError if no run has begun.
Repair repair_run(const std::filesystem::path& run);

}  // namespace trommel
