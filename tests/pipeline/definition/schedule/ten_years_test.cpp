// Ten years of several schedules in several zones, lived through on the manual clock.

#include "pipeline/operations/schedule/scheduled_pipeline.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::every;
using test::utc;

const Instant begin = utc(2026, 1, 1);
const Instant end = utc(2036, 1, 1);

/// The planned times of the runs that were started, in their order. Each starts when it is planned.
std::vector<Instant> ten_years_of(const std::vector<ScheduleSpec>& schedules) {
    test::ScheduledPipeline pipeline(begin - 1ms);
    pipeline.keeps_log = false;
    std::vector<Instant> planned;
    bool always_on_time = true;
    pipeline.on_event = [&](const ScheduleEvent& event) {
        if (event.kind == ScheduleEvent::Kind::next) return;
        if (event.kind == ScheduleEvent::Kind::started) planned.push_back(event.planned);
        always_on_time = always_on_time && event.planned == pipeline.clock().now();
    };
    pipeline.work_until(schedules, end - 1ms);
    CHECK(always_on_time);
    return planned;
}

/// The dates that the wall shows at these times.
std::set<std::chrono::local_days> dates(const std::vector<Instant>& times, const TimeZone& zone) {
    std::set<std::chrono::local_days> found;
    for (const auto time : times) {
        const auto whole = floor<std::chrono::seconds>(time);
        found.insert(floor<std::chrono::days>(zone.around(whole).wall(whole)));
    }
    return found;
}

constexpr std::size_t days_of_ten_years = 3652;  // with the leap years 2028 and 2032

}  // namespace

TEST_CASE("a daily schedule runs once on each of 3652 days, whatever the clocks do",
          "[schedule][years]") {
    for (const auto& [expression, zone] :
         std::vector<std::pair<std::string, std::string>>{{"30 2 * * *", "Europe/Zurich"},
                                                          {"30 1 * * *", "America/New_York"},
                                                          {"30 2 * * *", "America/New_York"},
                                                          {"15 2 * * *", "Australia/Lord_Howe"},
                                                          {"45 1 * * *", "Australia/Lord_Howe"},
                                                          {"30 9 * * *", "Asia/Kolkata"},
                                                          {"0 0 * * *", "UTC"}}) {
        INFO(expression + " in " + zone);
        const auto times = ten_years_of({at(expression, zone)});
        CHECK(times.size() == days_of_ten_years);
        CHECK(dates(times, test::zone(zone)).size() == days_of_ten_years);
    }
}

TEST_CASE("an hourly schedule runs every real hour of ten years", "[schedule][years]") {
    const auto times = ten_years_of({at("0 * * * *", "Europe/Zurich")});
    CHECK(times.size() == days_of_ten_years * 24);
    CHECK(times.back() - times.front() == (days_of_ten_years * 24 - 1) * 1h);
}

TEST_CASE("an interval does not know of clock changes", "[schedule][years]") {
    auto schedule = every(6h);
    schedule.timezone = test::zone("Europe/Zurich");
    const auto times = ten_years_of({schedule});
    REQUIRE(times.size() == days_of_ten_years * 4);
    for (std::size_t i = 0; i < times.size(); ++i) CHECK(times[i] == begin + i * 6h);
}

TEST_CASE("schedules of one pipeline in several zones do not disturb each other",
          "[schedule][years]") {
    std::vector<ScheduleSpec> schedules{at("30 2 * * *", "Europe/Zurich"),
                                        at("30 1 * * *", "America/New_York"),
                                        at("0 9 * * mon-fri", "Asia/Kolkata"),
                                        at("15 2 * * sun", "Australia/Lord_Howe"),
                                        every(24h)};
    std::size_t alone = 0;
    for (auto& schedule : schedules) {
        schedule.overlap = ScheduleSpec::Overlap::allow;
        alone += ten_years_of({schedule}).size();
    }

    const auto together = ten_years_of(schedules);

    CHECK(together.size() == alone);
    CHECK(std::ranges::is_sorted(together));
}

TEST_CASE("ten years of working days and of leap days", "[schedule][years]") {
    CHECK(ten_years_of({at("0 9 * * mon-fri", "Asia/Kolkata")}).size() == 2608);
    CHECK(ten_years_of({at("0 9 29 2 *", "America/New_York")}).size() == 2);
    CHECK(ten_years_of({at("0 9 13 * fri", "Europe/Zurich")}).size() ==
          ten_years_of({at("0 9 13 * *", "Europe/Zurich")}).size() +
              ten_years_of({at("0 9 * * fri", "Europe/Zurich")}).size() -
              17);  // so many Fridays the 13th
}

}  // namespace trommel
