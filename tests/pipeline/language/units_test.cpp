#include "trommel/pipeline/language/units.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace trommel {
using namespace std::chrono_literals;

TEST_CASE("durations are a number and a unit", "[language]") {
    CHECK(*parse_duration("500ms") == 500ms);
    CHECK(*parse_duration("30s") == 30s);
    CHECK(*parse_duration("1m") == 60s);
    CHECK(*parse_duration("2h") == 2h);
    CHECK(*parse_duration("1d") == 24h);
    CHECK(*parse_duration("0.1s") == 100ms);
    CHECK(*parse_duration("0s") == 0ms);
}

TEST_CASE("a duration that is none says what would be one", "[language]") {
    for (const std::string text : {"30", "s", "", "-1s", "1 h", "1h30m", "1.2.3s", "2 hours", "1H"})
        CHECK(parse_duration(text).problem() ==
              "'" + text + "' is not a duration; write 500ms, 30s, 10m, 2h or 1d");
    CHECK(parse_duration("0.5ms").problem() == "'0.5ms' is finer than a millisecond");
    CHECK(parse_duration("999999999999d").problem() ==
          "'999999999999d' is longer than any clock counts");
    CHECK_FALSE(parse_duration("30"));
}

TEST_CASE("a duration is written in the largest unit that keeps it whole", "[language]") {
    CHECK(to_text(std::chrono::milliseconds(2h)) == "2h");
    CHECK(to_text(std::chrono::milliseconds(90s)) == "90s");
    CHECK(to_text(1500ms) == "1500ms");
    CHECK(to_text(0ms) == "0ms");
    CHECK(to_text(std::chrono::milliseconds(48h)) == "2d");
}

TEST_CASE("bytes come in powers of a thousand and of 1024", "[language]") {
    CHECK(*parse_bytes("512B") == 512);
    CHECK(*parse_bytes("10kB") == 10'000);
    CHECK(*parse_bytes("64MiB") == 64u << 20);
    CHECK(*parse_bytes("1.5GiB") == 1'610'612'736);
    CHECK(*parse_bytes("2TB") == 2'000'000'000'000);
    for (const std::string text : {"64", "64M", "64mb", "-1B", "KB", ""})
        CHECK(parse_bytes(text).problem() ==
              "'" + text + "' is not a number of bytes; write 512B, 10kB, 64MiB or 1GiB");
    CHECK(parse_bytes("0.5B").problem() == "'0.5B' is not a whole number of bytes");
    CHECK(parse_bytes("99999TiB").problem() == "'99999TiB' is more than any machine holds");
}

TEST_CASE("rates are events per second", "[language]") {
    CHECK(*parse_rate("5/s") == 5);
    CHECK(*parse_rate("300/m") == 5);
    CHECK(*parse_rate("1800/h") == 0.5);
    for (const std::string text : {"5", "0/s", "/s", "5/d", "5 /s"})
        CHECK(parse_rate(text).problem() ==
              "'" + text + "' is not a rate above zero; write 5/s, 300/m or 1000/h");
}

TEST_CASE("shares are percentages or fractions of all", "[language]") {
    CHECK(*parse_share("1%") == Approx(0.01));
    CHECK(*parse_share("0.3") == 0.3);
    CHECK(*parse_share("100%") == 1);
    CHECK(*parse_share("0") == 0);
    CHECK(parse_share("30").problem() == "'30' is more than all; a share is at most 100% or 1");
    CHECK(parse_share("101%").problem() == "'101%' is more than all; a share is at most 100% or 1");
    for (const std::string text : {"half", "-1%", "%", "1 %"})
        CHECK(parse_share(text).problem() == "'" + text + "' is not a share; write 1% or 0.01");
}

}  // namespace trommel
