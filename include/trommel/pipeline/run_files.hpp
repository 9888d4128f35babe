// RunFiles: a run as its directory tells of it, while it runs and after it.
#pragma once

#include "trommel/pipeline/history.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

enum class RunState {
    ended,      ///< it wrote its report
    failed,     ///< it ended with an error
    unfinished  ///< it runs, or was cut off
};

std::string_view to_text(RunState state);

/// Reads the directory that run_pipeline writes. The one place that knows its files' names.
class RunFiles {
public:
    /// Throws Error if there is no run in the directory.
    explicit RunFiles(std::filesystem::path directory);

    static bool has_run(const std::filesystem::path& directory);

    const std::filesystem::path& path() const { return path_; }
    RunState state() const;

    /// `resolved.yaml`: every reference and default resolved.
    std::string resolved() const;

    /// `metrics.csv`, with metrics under the names of their columns; empty before the first round.
    /// Throws DataError where the file is not as metrics_csv writes it.
    std::vector<Measurement> measurements() const;

    /// `picks.csv`; as above.
    std::vector<RoundPicks> picks() const;

private:
    std::filesystem::path path_;
};

/// The runs in a directory of runs, by name.
std::vector<RunFiles> runs_in(const std::filesystem::path& directory);

}  // namespace trommel
