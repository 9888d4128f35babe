#include "trommel/pipeline/definition/schedule/cron.hpp"

#include "pipeline/definition/schedule/zone_times.hpp"
#include "pipeline/language/findings.hpp"

#include <catch2/catch.hpp>

namespace trommel {
namespace {

using test::next_times;
using test::utc;

/// What is wrong with an expression that appears at 1:1.
Lines faults(const std::string& text) {
    Diagnostics diagnostics;
    const auto cron = parse_cron(Node::scalar({1, 1, text.size()}, text), diagnostics);
    CHECK(cron.has_value() == !diagnostics.has_errors());
    return findings(diagnostics);
}

Lines in_utc(const std::string& expression, std::size_t count) {
    auto times = next_times(expression, "UTC", utc(2026, 1, 1), count);
    for (auto& time : times) time = time.substr(0, 16);
    return times;
}

}  // namespace

TEST_CASE("each field takes values, ranges, lists, steps and names", "[schedule]") {
    CHECK(in_utc("30 2 * * *", 2) == Lines{"2026-01-01 02:30", "2026-01-02 02:30"});
    CHECK(in_utc("*/20 * * * *", 3) ==
          Lines{"2026-01-01 00:20", "2026-01-01 00:40", "2026-01-01 01:00"});
    CHECK(in_utc("5,1-3/2 0 1 * *", 4) ==
          Lines{"2026-01-01 00:01", "2026-01-01 00:03", "2026-01-01 00:05", "2026-02-01 00:01"});
    CHECK(in_utc("0 12 * JAN-feb,Dec Mon", 1) == Lines{"2026-01-05 12:00"});
    CHECK(in_utc("0 0 * * fri-sun", 4) ==
          Lines{"2026-01-02 00:00", "2026-01-03 00:00", "2026-01-04 00:00", "2026-01-09 00:00"});
    CHECK(in_utc("0 0 * * 7", 1) == in_utc("0 0 * * 0", 1));
    CHECK(in_utc("0 0 * * 5-7", 4) == in_utc("0 0 * * fri-sun", 4));
    CHECK(in_utc("07 08 09 010 *", 1) == Lines{"2026-10-09 08:07"});
}

TEST_CASE("an alias means a whole expression", "[schedule]") {
    CHECK(in_utc("@hourly", 2) == in_utc("0 * * * *", 2));
    CHECK(in_utc("@daily", 2) == in_utc("0 0 * * *", 2));
    CHECK(in_utc("@midnight", 2) == in_utc("0 0 * * *", 2));
    CHECK(in_utc("@weekly", 2) == in_utc("0 0 * * sun", 2));
    CHECK(in_utc("@monthly", 2) == in_utc("0 0 1 * *", 2));
    CHECK(in_utc("@yearly", 2) == in_utc("0 0 1 1 *", 2));
    CHECK(in_utc("@annually", 2) == in_utc("0 0 1 1 *", 2));
    CHECK(test::cron("@daily").text() == "@daily");
}

TEST_CASE("a day of the month or a weekday will do when both are named", "[schedule]") {
    CHECK(in_utc("0 0 13 * fri", 4) ==
          Lines{"2026-01-02 00:00", "2026-01-09 00:00", "2026-01-13 00:00", "2026-01-16 00:00"});
}

TEST_CASE("both must match when one of them begins with a star", "[schedule]") {
    CHECK(in_utc("0 0 */2 * mon", 2) == Lines{"2026-01-05 00:00", "2026-01-19 00:00"});
    CHECK(in_utc("0 0 13 * */5", 2) == Lines{"2026-02-13 00:00", "2026-03-13 00:00"});
}

TEST_CASE("leap days are found however far they are", "[schedule]") {
    CHECK(in_utc("0 0 29 2 *", 2) == Lines{"2028-02-29 00:00", "2032-02-29 00:00"});
    CHECK(next_times("0 0 29 2 */6", "UTC", utc(2072, 3, 1), 3) ==
          Lines{"2076-02-29 00:00 UTC", "2088-02-29 00:00 UTC", "2116-02-29 00:00 UTC"});
}

TEST_CASE("the calendar ends with the year 2199", "[schedule]") {
    CHECK(next_instant(test::cron("@yearly"), {}, utc(2198, 6, 1)) == utc(2199, 1, 1));
    CHECK_FALSE(next_instant(test::cron("@yearly"), {}, utc(2199, 6, 1)));
    CHECK_FALSE(next_instant(test::cron("@yearly"), test::zone("Europe/Zurich"), utc(9000, 6, 1)));
}

TEST_CASE("the next instant is strictly after the given one", "[schedule]") {
    const auto hourly = test::cron("@hourly");
    CHECK(next_instant(hourly, {}, utc(2026, 1, 1, 5)) == utc(2026, 1, 1, 6));
    CHECK(next_instant(hourly, {}, utc(2026, 1, 1, 5) - std::chrono::seconds(1)) ==
          utc(2026, 1, 1, 5));
}

TEST_CASE("a value that is none is an error where it appears", "[schedule]") {
    CHECK(faults("60 2 * * *") == Lines{"1:1+2 cron: '60' is outside of minute, which is 0 to 59"});
    CHECK(faults("0 24 0 13 8") ==
          Lines{"1:3+2 cron: '24' is outside of hour, which is 0 to 23",
                "1:6+1 cron: '0' is outside of day of the month, which is 1 to 31",
                "1:8+2 cron: '13' is outside of month, which is 1 to 12",
                "1:11+1 cron: '8' is outside of weekday, which is 0 to 7"});
    CHECK(faults("0 0 * jna *") ==
          Lines{"1:7+3 cron: 'jna' is outside of month, which is 1 to 12 (did you mean 'jan'?)"});
    CHECK(faults("0 0 * * monday") ==
          Lines{"1:9+6 cron: 'monday' is outside of weekday, which is 0 to 7 (write 'mon')"});
    CHECK(faults("0 0 mon * *") ==
          Lines{"1:5+3 cron: 'mon' is outside of day of the month, which is 1 to 31"});
    CHECK(faults("0 -1 * * *") == Lines{"1:3+2 cron: a value is missing in the hour '-1'"});
    CHECK(faults("1,,2 0 * * *") == Lines{"1:1+4 cron: a value is missing in the minute '1,,2'"});
    CHECK(faults("0 99999999999 * * *").size() == 1);
    CHECK(faults("0 1.5 * * *").size() == 1);
    CHECK(faults("*5 0 * * *").size() == 1);
}

TEST_CASE("a range runs forward and a step stays within it", "[schedule]") {
    CHECK(faults("0 22-5 * * *") ==
          Lines{"1:3+4 cron: the range '22-5' runs backwards (write '22-23,0-5')"});
    CHECK(faults("0 0 * * fri-mon") ==
          Lines{"1:9+7 cron: the range 'fri-mon' runs backwards (write '5-7,0-1')"});
    CHECK(faults("5/15 0 * * *") ==
          Lines{"1:1+4 cron: '5/15' steps from a single value (write '5-59/15')"});
    CHECK(faults("*/0 0 * * *") == Lines{"1:3+1 cron: the step '0' must be a number from 1 on"});
    CHECK(faults("*/ 0 * * *") == Lines{"1:1+2 cron: a value is missing in the minute '*/'"});
    CHECK(faults("*/90 * * * *") ==
          Lines{"1:3+2 cron: the step 90 leads out of the minute at once (steps restart with "
                "each hour, day, month or week; for longer intervals use 'every')"});
    CHECK(faults("*/59 0-23/23 * * *").empty());
}

TEST_CASE("what other schedulers have and cron has not is told apart", "[schedule]") {
    CHECK(
        faults("0 0 2 * * *") ==
        Lines{"1:1+11 cron: a cron expression has 5 fields, not 6 (seconds and years are not part "
              "of cron; write minute, hour, day of the month, month and weekday, such as '30 2 * "
              "* mon-fri')"});
    CHECK(faults("") == Lines{"1:1+0 cron: a cron expression has 5 fields, not 0 (write minute, "
                              "hour, day of the month, month and weekday, such as '30 2 * * "
                              "mon-fri')"});
    CHECK(
        faults("TZ=Europe/Zurich 0 2 * * *") ==
        Lines{
            "1:1+26 cron: a cron expression has 5 fields, not 6 (give the zone under 'timezone')"});
    CHECK(faults("0 0 ? * mon") ==
          Lines{"1:5+1 cron: '?' is outside of day of the month, which is 1 to 31 (write '*')"});
    CHECK(faults("0 0 L * *") == Lines{"1:5+1 cron: 'L' is outside of day of the month, which is 1 "
                                       "to 31 ('L', 'W' and '#' are not "
                                       "part of cron's five fields)"});
    CHECK(faults("@dayly") == Lines{"1:1+6 cron: cron has no '@dayly' (did you mean '@daily'?)"});
    CHECK(faults("@reboot") == Lines{"1:1+7 cron: cron has no '@reboot'"});
}

TEST_CASE("a day that never comes is an error, not an endless search", "[schedule]") {
    CHECK(faults("0 0 30 2 *") ==
          Lines{"1:5+4 cron: day '30' never comes in month '2', so nothing would ever run"});
    CHECK(faults("0 0 31 4,jun,9-9,11 *").size() == 1);
    CHECK(faults("0 0 30-31 feb */2").size() == 1);
    CHECK(faults("0 0 31 2,3 *").empty());
    CHECK(faults("0 0 30 2 mon").empty());  // Mondays in February
}

}  // namespace trommel
