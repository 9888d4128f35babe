#pragma once

#include "trommel/pipeline/history.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trommel {

/// Where a run leaves its files. Each is replaced in one step, so that a reader or a crash never
/// meets half of one.
class RunDirectory {
public:
    /// Makes the directory. Throws Error if it cannot, or if it holds another run's files.
    explicit RunDirectory(std::filesystem::path path);

    const std::filesystem::path& path() const { return path_; }

    /// A directory in this one.
    RunDirectory inner(const std::string& name) const { return RunDirectory(path_ / name); }

    /// Throws Error with the reason and the file if it cannot be written.
    void write(const std::string& name, std::string_view content) const;

    /// `picks.csv` and `metrics.csv` of the rounds so far.
    void write_history(const History& history) const;

    /// `rounds 1 to 3 are in runs/digits-1`: what a run that was cut off leaves behind.
    std::string finished_rounds(const History& history) const;

private:
    std::filesystem::path path_;
};

}  // namespace trommel
