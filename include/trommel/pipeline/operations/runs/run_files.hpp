// RunFiles: a run as its directory tells of it, while it runs and after it.
#pragma once

#include "trommel/pipeline/engine/history/history.hpp"
#include "trommel/pipeline/operations/runs/run_status.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

/// Reads the directory that run_pipeline writes.
class RunFiles {
public:
    /// Throws Error if there is no run in the directory.
    explicit RunFiles(std::filesystem::path directory);

    static bool has_run(const std::filesystem::path& directory);

    const std::filesystem::path& path() const { return path_; }

    /// As the journal has it; see read_run_status.
    RunStatus status() const { return read_run_status(path_); }

    /// With metrics under the names of their columns; empty before the first round. From the files
    /// of the rounds, which have checksums, or where there are none from `metrics.csv`. Throws
    /// DataError where one is damaged.
    std::vector<Measurement> measurements() const;

    /// As above, or from `picks.csv`.
    std::vector<RoundPicks> picks() const;

private:
    std::filesystem::path path_;
};

/// The runs in a directory of runs, by name. Throws Error if it is not a directory.
std::vector<RunFiles> runs_in(const std::filesystem::path& directory);

}  // namespace trommel
