// Scheduler: runs a pipeline by itself, at the times that its schedules plan.
#pragma once

#include "trommel/pipeline/definition/schedule/schedule_spec.hpp"
#include "trommel/pipeline/operations/schedule/schedule_state.hpp"
#include "trommel/runtime/clock.hpp"

#include <asio/awaitable.hpp>

#include <functional>
#include <string>
#include <vector>

namespace trommel {

/// How a run that a schedule started has ended.
struct ScheduledRunEnd {
    bool succeeded = true;
    std::string what{};  ///< a few words for the log
};

/// A run that is to start.
struct ScheduledStart {
    Instant planned{};
    /// It was started before and has not ended, because its process was cut off: it goes on where
    /// it was, or begins if it had not.
    bool goes_on = false;
};

/// Runs the pipeline once. An exception is a failure of the run; cancellation stops it.
using StartRun = std::function<asio::awaitable<ScheduledRunEnd>(ScheduledStart start)>;

/// Something that a schedule did, for logs and tests.
struct ScheduleEvent {
    enum class Kind {
        next,       ///< `planned` is what it waits for
        started,    ///< a run
        succeeded,  ///< the run that was started for `planned`
        failed,     ///< likewise
        stopped,    ///< likewise, by `overlap: cancel_running` or with the scheduler
        queued,     ///< the run waits for another one to end
        skipped,    ///< the run is left out
        missed,     ///< the run could not be started in time, and is let go
        paused,     ///< no run will start until somebody says so
        resumed     ///< somebody did
    };

    Kind kind = Kind::next;
    Instant planned{};
    std::string why{};  ///< a reason, an error; may be empty
};

std::string to_text(ScheduleEvent::Kind kind);

/// What it works with; store and clock outlive it.
struct SchedulerServices {
    ScheduleStore& store;
    Clock& clock;
    StartRun start{};
    std::function<void(const ScheduleEvent&)> listener{};
};

/// Runs the pipeline at the times that its schedules plan. Goes on until it is cancelled, which
/// stops the runs that it has started and waits for them, or until nothing is planned any more.
/// Throws if its state cannot be kept.
///
/// For each instant there is at most one run: that it is decided is on disk before it starts, and
/// that it has ended afterwards. A run that was cut off in between, or stopped with the scheduler,
/// goes on first when this is called again.
///
/// While this works, the state is its own, but for one thing: another process may resume a paused
/// pipeline, which is seen when the next run is due.
asio::awaitable<void> run_schedules(std::string pipeline,
                                    std::vector<ScheduleSpec> schedules,
                                    SchedulerServices services);

/// A run is on time when it can be started within this of when it is due; later it was missed.
inline constexpr std::chrono::milliseconds on_time{std::chrono::minutes(1)};

/// Lets a paused pipeline go on from `now`: what was planned until then is not made up for.
void resume(ScheduleState& state, Instant now);

}  // namespace trommel
