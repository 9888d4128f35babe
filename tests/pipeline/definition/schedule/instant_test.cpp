#include "trommel/pipeline/definition/schedule/instant.hpp"

#include "pipeline/definition/schedule/zone_times.hpp"

#include <catch2/catch.hpp>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using test::utc;
using test::zone;

}  // namespace

TEST_CASE("an instant is written in UTC and reads back", "[schedule]") {
    for (const Instant instant : {Instant(utc(2026, 3, 29, 1, 5)),
                                  Instant(utc(1970, 1, 1)) + 7ms,
                                  Instant(utc(2199, 12, 31, 23, 59)) + 59s + 999ms})
        CHECK(*parse_instant(to_text(instant), TimeZone()) == instant);
    CHECK(to_text(Instant(utc(2026, 3, 29, 1, 5)) + 20ms) == "2026-03-29T01:05:00.020Z");
}

TEST_CASE("a time without a zone is what the wall shows", "[schedule]") {
    const auto zurich = zone("Europe/Zurich");
    CHECK(*parse_instant("2026-07-01", zurich) == utc(2026, 6, 30, 22));
    CHECK(*parse_instant("2026-07-01T12:30", zurich) == utc(2026, 7, 1, 10, 30));
    CHECK(*parse_instant("2026-07-01 12:30:15.5", zurich) ==
          Instant(utc(2026, 7, 1, 10, 30)) + 15s + 500ms);
    CHECK(*parse_instant("2026-07-01T12:30Z", zurich) == utc(2026, 7, 1, 12, 30));
    CHECK(*parse_instant("2026-07-01T12:30+05:30", zurich) == utc(2026, 7, 1, 7));
    CHECK(*parse_instant("2026-07-01T12:30-02:00", zurich) == utc(2026, 7, 1, 14, 30));
    CHECK(*parse_instant("2026-03-29T02:30", zurich) == utc(2026, 3, 29, 1));
}

TEST_CASE("what is not a time says how one is written", "[schedule]") {
    for (const std::string text : {"",
                                   "tomorrow",
                                   "2026",
                                   "2026-13-01",
                                   "2026-02-30",
                                   "2026-3-1",
                                   "2026-03-01T24:00",
                                   "2026-03-01T1:00",
                                   "2026-03-01T",
                                   "2026-03-01T10:00 CET",
                                   "1969-12-31",
                                   "2200-01-01",
                                   "2026-03-01T10:00:00.1234",
                                   "2026-03-01T10:00:00.",
                                   "2026-03-01T10:00+1",
                                   "-026-03-01"})
        CHECK(parse_instant(text, TimeZone()).problem() ==
              "'" + text +
                  "' is not a time; write 2026-03-29, 2026-03-29T02:30 or 2026-03-29T01:30:00Z");
}

TEST_CASE("people see the wall's time with its zone", "[schedule]") {
    CHECK(wall_text(utc(2026, 7, 1, 10), zone("Europe/Zurich")) ==
          "2026-07-01 12:00:00 CEST (+02:00)");
    CHECK(wall_text(utc(2026, 7, 1, 10), zone("America/New_York")) ==
          "2026-07-01 06:00:00 EDT (-04:00)");
    CHECK(wall_text(utc(2026, 7, 1, 10), zone("Asia/Kolkata")) ==
          "2026-07-01 15:30:00 IST (+05:30)");
    CHECK(wall_text(utc(2026, 7, 1, 10), TimeZone()) == "2026-07-01 10:00:00 UTC (+00:00)");
}

}  // namespace trommel
