// The runs that several schedules of a pipeline plan, in the order in which they are due.
#pragma once

#include "trommel/pipeline/definition/schedule/schedule_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trommel {

struct PlannedRun {
    const ScheduleSpec* schedule = nullptr;
    Instant planned{};
    Instant due{};
};

/// Runs that are due by now.
struct DueRuns {
    std::vector<PlannedRun> now{};     ///< to be started at once
    std::vector<PlannedRun> queue{};   ///< to be started one after the other, to make up for them
    std::vector<PlannedRun> missed{};  ///< to be let go
};

/// Knows up to which instant each schedule's runs are decided. No coroutines, no clock, no files.
class Timetable {
public:
    Timetable(std::string pipeline, std::vector<ScheduleSpec> schedules);

    const std::vector<ScheduleSpec>& schedules() const { return schedules_; }
    Instant decided(std::size_t schedule) const { return decided_[schedule]; }
    void decide(std::size_t schedule, Instant until) { decided_[schedule] = until; }

    /// The run that is due next, perhaps long ago.
    std::optional<PlannedRun> next() const;

    /// All runs that are due at `now`, which are thereby decided, sorted out by each schedule's
    /// rule for missed ones.
    DueRuns take(Instant now);

private:
    std::optional<PlannedRun> next_of(std::size_t schedule) const;
    std::vector<PlannedRun> take_of(std::size_t schedule, Instant now);

    std::string pipeline_;
    std::vector<ScheduleSpec> schedules_;
    std::vector<Instant> decided_;
};

}  // namespace trommel
