// Instants as tests write them.
#pragma once

#include "trommel/pipeline/definition/schedule/cron.hpp"
#include "trommel/pipeline/definition/schedule/time_zone.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

namespace trommel::test {

inline TimeZone zone(const std::string& name) { return TimeZone::find(name).value(); }

inline std::chrono::sys_seconds utc(
    int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
    using namespace std::chrono;
    return sys_days(std::chrono::year(year) / month / day) + hours(hour) + minutes(minute);
}

/// `2026-03-29 03:00 CEST`.
inline std::string on_the_wall(std::chrono::sys_seconds time, const TimeZone& zone) {
    const auto shown = zone.around(time).wall(time).time_since_epoch();
    return fmt::format("{:%Y-%m-%d %H:%M} {}", fmt::gmtime(shown.count()), zone.abbreviation(time));
}

inline Cron cron(const std::string& text) {
    Diagnostics diagnostics;
    return parse_cron(Node::scalar({1, 1, text.size()}, text), diagnostics).value();
}

/// The first `count` instants after `after`, as the wall shows them.
inline std::vector<std::string> next_times(const std::string& expression,
                                           const std::string& zone_name,
                                           std::chrono::sys_seconds after,
                                           std::size_t count) {
    const auto in = zone(zone_name);
    std::vector<std::string> times;
    while (times.size() < count) {
        after = next_instant(cron(expression), in, after).value();
        times.push_back(on_the_wall(after, in));
    }
    return times;
}

}  // namespace trommel::test
