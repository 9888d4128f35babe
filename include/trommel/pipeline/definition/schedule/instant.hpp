// Instants as people write them, and as they are kept in files.
#pragma once

#include "trommel/pipeline/definition/schedule/time_zone.hpp"
#include "trommel/pipeline/language/instant.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace trommel {

/// What the wall shows: `2026-03-29 03:00:00 CEST (+02:00)`.
std::string wall_text(Instant instant, const TimeZone& zone);

/// `2026-03-29`, `2026-03-29T03:00`, `2026-03-29 03:00:00.5`: what the wall shows in `zone`; with
/// `Z` or `+02:00` at the end, in UTC or at that distance from it. Years 1970 to 2199.
Reading<Instant> parse_instant(std::string_view text, const TimeZone& zone);

}  // namespace trommel
