#include "trommel/pipeline/definition/schedule/time_zone.hpp"

#include "pipeline/definition/schedule/zone_times.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace trommel {
using namespace std::chrono_literals;
using test::utc;
using test::zone;

TEST_CASE("a zone is found by its name in the database, and by nothing else", "[schedule]") {
    CHECK(TimeZone::find("Europe/Zurich")->name() == "Europe/Zurich");
    CHECK(TimeZone::find("UTC"));
    for (const std::string name : {"Europe/Zurch",
                                   "europe/zurich",
                                   "",
                                   "CEST",
                                   "/etc/localtime",
                                   "localtime",
                                   "../../etc/passwd",
                                   "Fixed/UTC+01:00:00",
                                   "Europe"})
        CHECK_FALSE(TimeZone::find(name));
}

TEST_CASE("all names of the database are zones", "[schedule]") {
    const auto names = TimeZone::names();
    CHECK(names.size() > 400);
    CHECK(std::ranges::count(names, "Asia/Kolkata") == 1);
    CHECK(std::ranges::count(names, "UTC") == 1);
    for (const auto& name : names) CHECK(TimeZone::find(name));
}

TEST_CASE("time is even between two clock changes", "[schedule]") {
    const auto summer = zone("Europe/Zurich").around(utc(2026, 7, 1));
    CHECK(summer.begin == utc(2026, 3, 29, 1));
    CHECK(summer.end == utc(2026, 10, 25, 1));
    CHECK(summer.offset == 2h);
    CHECK(summer.offset_before == 1h);
    CHECK(zone("Europe/Zurich").around(summer.begin).begin == summer.begin);
    CHECK(zone("Europe/Zurich").around(summer.end).begin == summer.end);
}

TEST_CASE("a zone that never changes its clocks is even for ever", "[schedule]") {
    const auto always = TimeZone().around(utc(2026, 7, 1));
    CHECK(always.offset == 0s);
    CHECK(always.begin == std::chrono::sys_seconds::min());
    CHECK(always.end == std::chrono::sys_seconds::max());
}

TEST_CASE("clocks change after 2037, the last year that zone files list", "[schedule]") {
    const auto howe = zone("Australia/Lord_Howe");
    CHECK(howe.around(utc(2060, 1, 15)).offset == 11h);
    CHECK(howe.around(utc(2060, 7, 15)).offset == 10h + 30min);
}

TEST_CASE("a time on the wall is an instant, the first if there are two", "[schedule]") {
    const auto zurich = zone("Europe/Zurich");
    const auto wall = [](std::chrono::sys_seconds time) {
        return WallTime(time.time_since_epoch());
    };
    CHECK(zurich.first_instant(wall(utc(2026, 7, 1, 12))) == utc(2026, 7, 1, 10));
    CHECK(zurich.first_instant(wall(utc(2026, 3, 29, 2, 30))) == utc(2026, 3, 29, 1));
    CHECK(zurich.first_instant(wall(utc(2026, 10, 25, 2, 30))) == utc(2026, 10, 25, 0, 30));
}

}  // namespace trommel
