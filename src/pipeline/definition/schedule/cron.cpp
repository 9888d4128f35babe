#include "trommel/pipeline/definition/schedule/cron.hpp"

#include <algorithm>

namespace trommel {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

using LocalMinutes = std::chrono::local_time<minutes>;

/// Nothing is planned from here on. A clock that counts nanoseconds in 64 bits ends in 2262.
constexpr sys_seconds calendar_end = std::chrono::sys_days(std::chrono::year(2200) / 1 / 1);

/// The first position from `from` on that is set, or the set's size.
template <std::size_t size>
std::size_t next_set(const std::bitset<size>& set, std::size_t from) {
    while (from < size && !set[from]) ++from;
    return from;
}

/// The first time of day at or after `from` that the fields allow.
std::optional<minutes> next_time(const Cron::Fields& fields, minutes from) {
    const auto begun = static_cast<std::size_t>(from.count() / 60);
    auto hour = next_set(fields.hours, begun);
    auto minute =
        next_set(fields.minutes, hour == begun ? static_cast<std::size_t>(from.count() % 60) : 0);
    if (minute == 60) {
        hour = next_set(fields.hours, hour + 1);
        minute = next_set(fields.minutes, 0);
    }
    if (hour >= 24) return std::nullopt;
    return hours(hour) + minutes(minute);
}

/// The first match within an even stretch of time, at or after `from`.
std::optional<sys_seconds> first_match(const Cron& cron, const EvenTime& even, sys_seconds from) {
    auto wall = even.wall(from);
    if (cron.has_fixed_times() && even.begin != sys_seconds::min()) {
        const auto before = WallTime(even.begin.time_since_epoch() + even.offset_before);
        if (from == even.begin && cron.next(before, even.wall(even.begin))) return even.begin;
        wall = std::max(wall, before);
    }
    const auto found = cron.next(wall, even.wall(std::min(even.end, calendar_end)));
    if (!found) return std::nullopt;
    return even.instant(*found);
}

}  // namespace

bool Cron::matches(std::chrono::year_month_day day) const {
    if (!fields_.months[unsigned(day.month())]) return false;
    const bool of_month = fields_.days[unsigned(day.day())];
    const bool of_week = fields_.weekdays[std::chrono::weekday(local_days(day)).c_encoding()];
    if (fields_.any_day || fields_.any_weekday) return of_month && of_week;
    return of_month || of_week;
}

std::optional<WallTime> Cron::next(WallTime from, WallTime until) const {
    const auto first = std::chrono::ceil<minutes>(from);
    for (auto day = floor<days>(first); day < until; day += days(1)) {
        if (!matches(std::chrono::year_month_day(day))) continue;
        const auto time = next_time(fields_, std::max(minutes(0), first - LocalMinutes(day)));
        if (!time) continue;
        if (day + *time >= until) return std::nullopt;
        return day + *time;
    }
    return std::nullopt;
}

std::optional<sys_seconds> next_instant(const Cron& cron, const TimeZone& zone, sys_seconds after) {
    for (auto from = after + seconds(1); from < calendar_end;) {
        const auto even = zone.around(from);
        if (const auto found = first_match(cron, even, from)) return found;
        from = even.end;
    }
    return std::nullopt;
}

}  // namespace trommel
