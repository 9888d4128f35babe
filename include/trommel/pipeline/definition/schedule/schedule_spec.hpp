// When a pipeline runs by itself: what appears under `schedule:`.
#pragma once

#include "trommel/pipeline/definition/schedule/cron.hpp"
#include "trommel/pipeline/definition/schedule/instant.hpp"
#include "trommel/pipeline/definition/schedule/time_zone.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace trommel {

struct ScheduleSpec {
    /// What becomes of a run that is due while the one before still goes on.
    enum class Overlap {
        skip,            ///< it is left out
        queue_one,       ///< one waits until the other has ended; more are left out
        cancel_running,  ///< the other one is stopped
        allow            ///< both run
    };

    /// Which of the runs that nobody could start in time, because nothing was there to do it, are
    /// made up for.
    enum class Missed { latest, all, none };

    /// Times of day, or an interval: `every` so often, counted from 1970 in UTC, so that restarts
    /// and clock changes leave it as it is.
    std::variant<Cron, std::chrono::milliseconds> when{std::chrono::milliseconds{0}};
    TimeZone timezone{};
    /// A run begins up to so much later; how much differs from pipeline to pipeline.
    std::chrono::milliseconds jitter{0};
    Overlap overlap = Overlap::skip;
    Missed missed = Missed::latest;
    std::chrono::milliseconds missed_within{std::chrono::hours(24)};  ///< older ones are let go
    std::int64_t pause_after_failures = 0;                            ///< in a row; 0: never
};

/// `cron '30 2 * * *' in Europe/Zurich`, `every 6h`.
std::string to_text(const ScheduleSpec& schedule);

/// The first instant after `after` for which a run is planned; nothing beyond the year 2199.
std::optional<Instant> next_instant(const ScheduleSpec& schedule, Instant after);

/// A run that is to come.
struct UpcomingRun {
    const ScheduleSpec* schedule = nullptr;
    Instant planned{};
};

/// The first `count` runs after `after` that the schedules plan, in their order; fewer where the
/// calendar ends.
std::vector<UpcomingRun> upcoming_runs(const std::vector<ScheduleSpec>& schedules,
                                       Instant after,
                                       std::size_t count);

/// When the run that is planned for `planned` begins: then, or later by its jitter, which is fixed
/// by the pipeline's name and the instant.
Instant due_time(const ScheduleSpec& schedule, const std::string& pipeline, Instant planned);

}  // namespace trommel
