#include "trommel/pipeline/definition/schedule/instant.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>

namespace trommel {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

std::string wall_text(Instant instant, const TimeZone& zone) {
    const auto whole = floor<seconds>(instant);
    const auto even = zone.around(whole);
    const auto offset = floor<minutes>(even.offset).count();
    return fmt::format("{:%Y-%m-%d %H:%M:%S} {} ({}{:02}:{:02})",
                       fmt::gmtime(even.wall(whole).time_since_epoch().count()),
                       zone.abbreviation(whole),
                       offset < 0 ? '-' : '+',
                       std::abs(offset) / 60,
                       std::abs(offset) % 60);
}

Reading<Instant> parse_instant(std::string_view text, const TimeZone& zone) {
    const auto written = parse_written_time(text);
    if (!written)
        return Reading<Instant>::failed(
            fmt::format("'{}' is not a time; write 2026-03-29, 2026-03-29T02:30 or "
                        "2026-03-29T01:30:00Z",
                        text));
    const auto wall = written->wall;
    if (written->offset)
        return Reading<Instant>::of(Instant(wall.time_since_epoch() - *written->offset));
    const auto whole = floor<seconds>(wall);
    return Reading<Instant>::of(zone.first_instant(whole) + (wall - whole));
}

}  // namespace trommel
