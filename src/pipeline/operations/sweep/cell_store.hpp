#pragma once

#include "pipeline/engine/journal/run_history.hpp"
#include "trommel/pipeline/operations/sweep/run.hpp"

#include <filesystem>
#include <string>

namespace trommel {

/// What a sweep's directory remembers of its cells. Holds the directory while it lives; its calls
/// for different cells may be made from different threads.
class CellStore {
public:
    /// Makes the directory. Throws Error if another sweep holds it.
    explicit CellStore(std::filesystem::path directory);
    CellStore(const CellStore&) = delete;
    CellStore& operator=(const CellStore&) = delete;
    ~CellStore();

    /// How the cell appears; with `retry_failed` a failed one waits again. `now` is what it would
    /// run today; throws ConfigError if it has finished with another configuration or other inputs.
    CellEnd end_of(const SweepCell& cell, const RunRecord& now, bool retry_failed) const;

    /// An empty directory for the cell to run in.
    std::filesystem::path clear(const SweepCell& cell) const;

    /// Remembers that the cell has ended, and removes what nobody needs any more.
    void keep(const SweepCell& cell, const CellEnd& end, double seconds) const;

private:
    std::filesystem::path directory_;
    int lock_ = -1;
};

}  // namespace trommel
