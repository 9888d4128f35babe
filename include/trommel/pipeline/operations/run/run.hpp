// A run: the whole loop of a pipeline, from an empty directory to its report, in one process or,
// where that is cut off, in several.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/history.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"
#include "trommel/pipeline/operations/run/test_run.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

namespace trommel {

struct RunOptions {
    std::string id{};  ///< begins the names of the run's tags; letters, digits, '-'
    std::filesystem::path directory{};  ///< made if it is not there; must hold no other run
    unsigned threads = 1;               ///< for CPU work
    Overrides overrides{};              ///< that the pipeline was read with
    std::stop_token drain{};            ///< once requested, the round that runs is the last
    const TestRun* test_run = nullptr;  ///< null: it is in earnest
};

struct ResumeOptions {
    bool accept_changes = false;  ///< of the pipeline and of the files that it reads
    bool accept_damage = false;   ///< to the run's own files: what they said is left out
    bool ask_again = false;       ///< for labels that were given and whose file is lost
    unsigned threads = 1;
    std::stop_token drain{};
    const TestRun* test_run = nullptr;  ///< that the run began with
};

struct RunResult {
    std::string id{};
    History history{};
    std::optional<History> baseline{};
    std::string stopped_because{};
    std::vector<HeldRule> rules{};  ///< what of `until` held; none if something else ended it
    bool exhausted =
        false;  ///< ended by `max`, and `on_exhausted: fail` says that this is a failure
    bool was_finished = false;  ///< before it was resumed, so that nothing has run
};

/// Runs the pipeline, then its baseline if it has one.
///
/// After each round `picks.csv` and `metrics.csv` in the directory hold all rounds so far, and the
/// run can be resumed after whatever ends it; `report.html` is there in the end, also after a
/// failure. A round that fails or is cancelled leaves nothing there.
///
/// Throws Interrupted where the work was cancelled or drained; its message says what is finished
/// and how to go on.
asio::awaitable<RunResult> run_pipeline(Pipeline pipeline, RunOptions options, Observer& observer);

/// Goes on with the run in this directory. A round that was cut off begins again, and what it had
/// done to the world outside is not done twice; the picks are those of a run that nothing cut off.
///
/// The pipeline's file is read again, or, where it is gone, the copy that the run has kept. Throws
/// ConfigError, with everything that is other than when the run began, unless that is accepted;
/// DataError, with the file and the line, if the run's directory is damaged, unless that is
/// accepted: then it goes on from the rounds that are whole, and `observer` is told what is lost.
asio::awaitable<RunResult> resume_pipeline(std::filesystem::path directory,
                                           const Registry& registry,
                                           ResumeOptions options,
                                           Observer& observer);

/// `digits-20260131-235959-123`: the time in UTC, to the millisecond.
std::string make_run_id(
    const std::string& pipeline,
    std::chrono::system_clock::time_point time = std::chrono::system_clock::now());

}  // namespace trommel
