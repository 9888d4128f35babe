// A run: the whole loop of a pipeline, from an empty directory to its report.
#pragma once

#include "trommel/pipeline/history.hpp"
#include "trommel/pipeline/observer.hpp"
#include "trommel/pipeline/pipeline.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace trommel {

struct RunOptions {
    std::string id{};  ///< begins the names of the run's tags; letters, digits, '-'
    std::filesystem::path directory{};  ///< made if it is not there; must be empty if it is
    unsigned threads = 1;               ///< for CPU work
};

struct RunResult {
    History history{};
    std::optional<History> baseline{};
    std::string stopped_because{};
    std::vector<HeldRule> rules{};  ///< what of `until` held; none if something else ended it
    bool exhausted =
        false;  ///< ended by `max`, and `on_exhausted: fail` says that this is a failure
};

/// Runs the pipeline, then its baseline if it has one.
///
/// After each round `picks.csv` and `metrics.csv` in the directory hold all rounds so far, replaced
/// in one step; `resolved.yaml` is there from the start and `report.html` in the end, also after a
/// failure. A round that fails or is cancelled leaves nothing there, and the error says where the
/// finished ones are.
asio::awaitable<RunResult> run_pipeline(Pipeline pipeline, RunOptions options, Observer& observer);

/// `digits-20260131-235959-123`: the time in UTC, to the millisecond.
std::string make_run_id(const std::string& pipeline);

}  // namespace trommel
