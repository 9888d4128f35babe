#include "trommel/pipeline/definition/schedule/schedule_spec.hpp"

#include "trommel/core/random.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

Instant next_multiple(milliseconds period, Instant after) {
    const auto begun = after.time_since_epoch().count() / period.count();
    return Instant(period * (begun + 1));
}

}  // namespace

std::string to_text(const ScheduleSpec& schedule) {
    if (const auto* period = std::get_if<milliseconds>(&schedule.when))
        return fmt::format("every {}", to_text(*period));
    return fmt::format(
        "cron '{}' in {}", std::get<Cron>(schedule.when).text(), schedule.timezone.name());
}

std::optional<Instant> next_instant(const ScheduleSpec& schedule, Instant after) {
    if (const auto* period = std::get_if<milliseconds>(&schedule.when))
        return next_multiple(*period, after);
    return next_instant(std::get<Cron>(schedule.when), schedule.timezone, floor<seconds>(after));
}

std::vector<UpcomingRun> upcoming_runs(const std::vector<ScheduleSpec>& schedules,
                                       Instant after,
                                       std::size_t count) {
    std::vector<std::optional<Instant>> next;
    for (const auto& schedule : schedules) next.push_back(next_instant(schedule, after));
    std::vector<UpcomingRun> runs;
    while (runs.size() < count) {
        const auto earlier = [](const auto& a, const auto& b) { return a && (!b || *a < *b); };
        const auto first = std::ranges::min_element(next, earlier);
        if (first == next.end() || !*first) break;
        const auto& schedule = schedules[static_cast<std::size_t>(first - next.begin())];
        runs.push_back({&schedule, **first});
        *first = next_instant(schedule, **first);
    }
    return runs;
}

Instant due_time(const ScheduleSpec& schedule, const std::string& pipeline, Instant planned) {
    if (schedule.jitter.count() == 0) return planned;
    const auto seed = static_cast<std::uint64_t>(planned.time_since_epoch().count());
    Random random(seed, 0, "schedule of " + pipeline);
    const auto range = static_cast<std::uint64_t>(schedule.jitter.count());
    return planned + milliseconds(random.below(range));
}

}  // namespace trommel
