// The nights on which clocks change, in zones that do it differently.

#include "pipeline/definition/schedule/zone_times.hpp"

#include <catch2/catch.hpp>

namespace trommel {
namespace {

using test::next_times;
using test::utc;
using Times = std::vector<std::string>;

}  // namespace

TEST_CASE("02:30 runs at the end of the gap on the night when clocks are put forward",
          "[schedule]") {
    CHECK(next_times("30 2 * * *", "Europe/Zurich", utc(2026, 3, 28), 3) ==
          Times{"2026-03-28 02:30 CET", "2026-03-29 03:00 CEST", "2026-03-30 02:30 CEST"});
    CHECK(next_times("30 2 * * *", "America/New_York", utc(2026, 3, 7, 12), 2) ==
          Times{"2026-03-08 03:00 EDT", "2026-03-09 02:30 EDT"});
    CHECK(next_times("15 2 * * *", "Australia/Lord_Howe", utc(2026, 10, 3), 2) ==
          Times{"2026-10-04 02:30 +11", "2026-10-05 02:15 +11"});
}

TEST_CASE("02:30 runs once on the night when clocks are put back, at the first occasion",
          "[schedule]") {
    CHECK(next_times("30 2 * * *", "Europe/Zurich", utc(2026, 10, 24), 3) ==
          Times{"2026-10-24 02:30 CEST", "2026-10-25 02:30 CEST", "2026-10-26 02:30 CET"});
    CHECK(next_times("30 1 * * *", "America/New_York", utc(2026, 10, 31, 12), 2) ==
          Times{"2026-11-01 01:30 EDT", "2026-11-02 01:30 EST"});
    CHECK(next_times("45 1 * * *", "Australia/Lord_Howe", utc(2026, 4, 4), 2) ==
          Times{"2026-04-05 01:45 +11", "2026-04-06 01:45 +1030"});
}

TEST_CASE("several times in one gap run once, at its end", "[schedule]") {
    CHECK(next_times("0,20,40 2,3 * * *", "Europe/Zurich", utc(2026, 3, 29), 4) ==
          Times{"2026-03-29 03:00 CEST",
                "2026-03-29 03:20 CEST",
                "2026-03-29 03:40 CEST",
                "2026-03-30 02:00 CEST"});
}

TEST_CASE("what goes on all day runs every real hour when clocks change", "[schedule]") {
    CHECK(next_times("30 * * * *", "Europe/Zurich", utc(2026, 3, 29), 3) ==
          Times{"2026-03-29 01:30 CET", "2026-03-29 03:30 CEST", "2026-03-29 04:30 CEST"});
    CHECK(next_times("30 * * * *", "Europe/Zurich", utc(2026, 10, 25), 3) ==
          Times{"2026-10-25 02:30 CEST", "2026-10-25 02:30 CET", "2026-10-25 03:30 CET"});
    CHECK(next_times("*/15 2 * * *", "Europe/Zurich", utc(2026, 3, 28, 2), 1) ==
          Times{"2026-03-30 02:00 CEST"});
}

TEST_CASE("a list of hours is fixed, so that the second occasion is left out", "[schedule]") {
    CHECK(next_times("0 1,2,3 * * *", "Europe/Zurich", utc(2026, 10, 24, 22), 4) ==
          Times{"2026-10-25 01:00 CEST",
                "2026-10-25 02:00 CEST",
                "2026-10-25 03:00 CET",
                "2026-10-26 01:00 CET"});
}

TEST_CASE("the instant after the clocks were put back is not taken for a new one", "[schedule]") {
    // 01:45 UTC: the wall shows 02:45 for the second time.
    CHECK(next_times("50 2 * * *", "Europe/Zurich", utc(2026, 10, 25, 1, 45), 1) ==
          Times{"2026-10-26 02:50 CET"});
    CHECK(next_times("30 2 * * *", "Europe/Zurich", utc(2026, 3, 29, 1), 1) ==
          Times{"2026-03-30 02:30 CEST"});
}

TEST_CASE("a whole day that a country leaves out is a gap as well", "[schedule]") {
    // Samoa had no 30 December 2011.
    CHECK(next_times("0 12 30 12 *", "Pacific/Apia", utc(2011, 12, 1), 2) ==
          Times{"2011-12-31 00:00 +14", "2012-12-30 12:00 +14"});
}

TEST_CASE("midnight exists on every day, also where clocks jump over it", "[schedule]") {
    CHECK(next_times("@daily", "America/Santiago", utc(2026, 9, 5, 5), 2) ==
          Times{"2026-09-06 01:00 -03", "2026-09-07 00:00 -03"});
}

}  // namespace trommel
