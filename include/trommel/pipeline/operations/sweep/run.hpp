// A sweep: the runs of a plan, some at a time, in one directory that remembers what is done.
//
//     DIR/cells/<id>/   the run directory of a cell, with cell.json when it has ended
//     DIR/sweep.lock    held while a sweep runs there
#pragma once

#include "trommel/pipeline/operations/sweep/plan.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace trommel {

struct SweepOptions {
    std::filesystem::path directory{};
    unsigned jobs = 1;          ///< cells at a time, each on a thread of its own
    bool retry_failed = false;  ///< run cells again that failed in an earlier sweep
};

/// Three times the cores: a cell waits for the disk and for its own threads at times.
unsigned default_jobs();

enum class CellState { waiting, finished, failed };

/// How one cell of the plan appears.
struct CellEnd {
    CellState state = CellState::waiting;
    bool ran = false;     ///< in this sweep, not an earlier one
    std::string error{};  ///< why it failed
};

/// Is told what a sweep does; called from its threads, but from one at a time.
class SweepObserver {
public:
    SweepObserver() = default;
    SweepObserver(const SweepObserver&) = delete;
    SweepObserver& operator=(const SweepObserver&) = delete;
    virtual ~SweepObserver() = default;

    /// `kept` of `cells` were ended by an earlier sweep.
    virtual void sweep_started(std::size_t /*cells*/, std::size_t /*kept*/) {}
    virtual void cell_started(const SweepCell& /*cell*/) {}
    virtual void round_ended(const SweepCell& /*cell*/) {}
    virtual void cell_ended(const SweepCell& /*cell*/, const CellEnd& /*end*/) {}
};

struct SweepResult {
    std::vector<CellEnd> cells{};  ///< as in the plan
    bool interrupted = false;      ///< `stop` was asked for before all was done

    std::size_t count(CellState state) const;
};

/// Runs the cells that are not done. One that was cut off is run again from its beginning, one that
/// failed only with `retry_failed`; one that fails stops no other. When `stop` is requested, cells
/// that run roll their round back and wait for the next sweep. The embedded database of a finished
/// cell is removed.
///
/// Throws Error when another sweep runs in the directory, and ConfigError when a finished cell was
/// run with another configuration or other input files, or cells would share one database.
SweepResult run_sweep(const SweepPlan& plan,
                      const Registry& registry,
                      const SweepOptions& options,
                      SweepObserver& observer,
                      std::stop_token stop);

/// The run directory of a cell.
std::filesystem::path directory_of(const std::filesystem::path& sweep, const SweepCell& cell);

}  // namespace trommel
