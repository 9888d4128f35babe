// Points in time as people write them.
#pragma once

#include "trommel/pipeline/language/units.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace trommel {

/// A point of time in UTC, in whole milliseconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// A day, or a day and a time, as the wall shows it, and how far that is from UTC where the text
/// says so.
struct WrittenTime {
    std::chrono::local_time<std::chrono::milliseconds> wall{};
    std::optional<std::chrono::seconds> offset{};
};

/// `2026-03-29`, `2026-03-29T03:00`, `2026-03-29 03:00:00.5`, each also with `Z` or `+02:00` at the
/// end. Years 1970 to 2199.
std::optional<WrittenTime> parse_written_time(std::string_view text);

/// The same with the distance from UTC never left out, so that a file means one instant everywhere.
Reading<Instant> parse_instant(std::string_view text);

/// `2026-03-29T01:00:00Z`, with milliseconds where there are some; reads back as is.
std::string to_text(Instant instant);

}  // namespace trommel
