#include "pipeline/operations/schedule/timetable.hpp"

#include "trommel/pipeline/operations/schedule/scheduler.hpp"

#include <algorithm>

namespace trommel {
namespace {

/// Sorts out the runs of one schedule, oldest first.
void sort_out(const std::vector<PlannedRun>& runs, Instant now, DueRuns& due) {
    const auto first_in_time = std::ranges::find_if(
        runs, [now](const PlannedRun& run) { return now - run.due <= on_time; });
    const bool any_in_time = first_in_time != runs.end();
    for (auto run = runs.begin(); run != runs.end(); ++run) {
        const auto& schedule = *run->schedule;
        const bool may_be_made_up = now - run->due <= schedule.missed_within;
        const bool is_latest = run + 1 == runs.end() && !any_in_time;
        const bool wants_latest = schedule.missed == ScheduleSpec::Missed::latest;
        if (run >= first_in_time || (may_be_made_up && wants_latest && is_latest))
            due.now.push_back(*run);
        else if (may_be_made_up && schedule.missed == ScheduleSpec::Missed::all)
            due.queue.push_back(*run);
        else
            due.missed.push_back(*run);
    }
}

}  // namespace

Timetable::Timetable(std::string pipeline, std::vector<ScheduleSpec> schedules)
    : pipeline_(std::move(pipeline)),
      schedules_(std::move(schedules)),
      decided_(schedules_.size()) {}

std::optional<PlannedRun> Timetable::next_of(std::size_t schedule) const {
    const auto& spec = schedules_[schedule];
    const auto planned = next_instant(spec, decided_[schedule]);
    if (!planned) return std::nullopt;
    return PlannedRun{&spec, *planned, due_time(spec, pipeline_, *planned)};
}

std::optional<PlannedRun> Timetable::next() const {
    std::optional<PlannedRun> first;
    for (std::size_t i = 0; i < schedules_.size(); ++i)
        if (const auto run = next_of(i); run && (!first || run->due < first->due)) first = run;
    return first;
}

std::vector<PlannedRun> Timetable::take_of(std::size_t schedule, Instant now) {
    const auto& spec = schedules_[schedule];
    std::vector<PlannedRun> runs;
    // The first run that is too old to be made up for represents all of them.
    const auto oldest = now - spec.jitter - std::max(spec.missed_within, 2 * on_time);
    if (const auto first = next_of(schedule); first && first->planned <= oldest) {
        runs.push_back(*first);
        decided_[schedule] = oldest;
    }
    for (auto run = next_of(schedule); run && run->due <= now; run = next_of(schedule)) {
        decided_[schedule] = run->planned;
        runs.push_back(*run);
    }
    return runs;
}

DueRuns Timetable::take(Instant now) {
    DueRuns due;
    for (std::size_t i = 0; i < schedules_.size(); ++i) sort_out(take_of(i, now), now, due);
    const auto by_due = [](const PlannedRun& a, const PlannedRun& b) { return a.due < b.due; };
    std::ranges::stable_sort(due.now, by_due);
    std::ranges::stable_sort(due.queue, by_due);
    std::ranges::stable_sort(due.missed, by_due);
    return due;
}

}  // namespace trommel
