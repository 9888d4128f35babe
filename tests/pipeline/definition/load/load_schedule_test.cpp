#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using test::lint;
using test::read;

std::string with_schedule(const std::string& schedule) {
    return test::with_stages("  a: {uses: tags}\n") + "schedule: " + schedule + "\n";
}

std::string lint_schedule(const std::string& schedule) { return lint(with_schedule(schedule)); }

}  // namespace

TEST_CASE("a schedule is read as it is written", "[pipeline]") {
    const auto pipeline = read(with_schedule(
        "{cron: 30 2 * * mon-fri, timezone: Europe/Zurich, jitter: 5m, overlap: queue_one, "
        "missed: {run: all, within: 2h}, pause_after_failures: 3}"));

    REQUIRE(pipeline.schedules.size() == 1);
    const auto& schedule = pipeline.schedules[0];
    CHECK(to_text(schedule) == "cron '30 2 * * mon-fri' in Europe/Zurich");
    CHECK(schedule.jitter == 5min);
    CHECK(schedule.overlap == ScheduleSpec::Overlap::queue_one);
    CHECK(schedule.missed == ScheduleSpec::Missed::all);
    CHECK(schedule.missed_within == 2h);
    CHECK(schedule.pause_after_failures == 3);
}

TEST_CASE("a schedule that only says when has the defaults that people expect", "[pipeline]") {
    const auto schedule = read(with_schedule("{every: 6h}")).schedules.at(0);
    CHECK(to_text(schedule) == "every 6h");
    CHECK(schedule.timezone.name() == "UTC");
    CHECK(schedule.overlap == ScheduleSpec::Overlap::skip);
    CHECK(schedule.missed == ScheduleSpec::Missed::latest);
    CHECK(schedule.missed_within == 24h);
    CHECK(schedule.pause_after_failures == 0);
    CHECK(read(test::with_stages("  a: {uses: tags}\n")).schedules.empty());
}

TEST_CASE("there may be several schedules, and they may use params", "[pipeline]") {
    const auto pipeline = read(test::with_stages("  a: {uses: tags}\n") +
                                   "schedule:\n  - {cron: '${params.method}'}\n  - {every: 2h}\n",
                               {{"method", "0 5 * * *"}});
    REQUIRE(pipeline.schedules.size() == 2);
    CHECK(to_text(pipeline.schedules[0]) == "cron '0 5 * * *' in UTC");
    CHECK_THAT(lint_schedule("[{every: 2h}, {every: 120m, overlap: allow}]"),
               Contains("error[duplicate]: another schedule is every 2h too"));
    CHECK_THAT(lint_schedule("[]"), Contains("'schedule' holds no schedule"));
    CHECK_THAT(lint_schedule("daily"), Contains("the schedule must be a map, not 'daily'"));
}

TEST_CASE("a schedule says when in one way", "[pipeline]") {
    CHECK_THAT(lint_schedule("{every: 6h, cron: '@daily'}"),
               Contains("p.yaml:8:19: error[ambiguous]: the schedule has both 'cron' and 'every'"));
    CHECK_THAT(lint_schedule("{timezone: UTC}"), Contains("the schedule does not say when"));
    CHECK_THAT(lint_schedule("{corn: '@daily'}"), Contains("did you mean 'cron'?"));
}

TEST_CASE("faults of a cron expression appear where they are in the file", "[pipeline]") {
    CHECK_THAT(lint_schedule("{cron: '30 25 * * *'}"),
               Contains("p.yaml:8:22: error[cron]: '25' is outside of hour"));
    CHECK_THAT(lint_schedule("{cron: 0 0 30 feb *}"),
               Contains("p.yaml:8:22: error[cron]: day '30'"));
    CHECK_THAT(lint_schedule("{cron: [30, 2]}"), Contains("'cron' must be text, not a list"));
}

TEST_CASE("a zone that is none is refused with the one that was meant", "[pipeline]") {
    CHECK_THAT(lint_schedule("{cron: '@daily', timezone: Europe/Zurch}"),
               Contains("error[unknown-timezone]: there is no time zone 'Europe/Zurch'") &&
                   Contains("did you mean 'Europe/Zurich'?"));
    CHECK_THAT(lint_schedule("{cron: '@daily', timezone: my desk in the kitchen}"),
               Contains("write a name such as Europe/Zurich"));
    CHECK_THAT(lint_schedule("{every: 6h, timezone: Europe/Zurich}"),
               Contains("warning[no-effect]") && Contains("for times of day write 'cron'"));
}

TEST_CASE("an interval is from a second to ten years", "[pipeline]") {
    CHECK_THAT(lint_schedule("{every: 6}"), Contains("'every' must be a duration"));
    CHECK_THAT(lint_schedule("{every: 0s}"),
               Contains("'every' must be from 1s to 3650d, not '0s'"));
    CHECK_THAT(lint_schedule("{every: 4000d}"), Contains("'every' must be from 1s to 3650d"));
}

TEST_CASE("jitter is shorter than the time between two runs", "[pipeline]") {
    CHECK(lint_schedule("{every: 1h, jitter: 59m}").empty());
    CHECK_THAT(lint_schedule("{every: 1h, jitter: 1h}"),
               Contains("'jitter' must be shorter than 1h"));
    CHECK_THAT(lint_schedule("{cron: '0,20 1 * * *', jitter: 30m}"),
               Contains("'jitter' must be shorter than 20m, the time between two runs"));
}

TEST_CASE("the other keys of a schedule are checked", "[pipeline]") {
    CHECK_THAT(lint_schedule("{every: 1h, overlap: skpi}"), Contains("did you mean 'skip'?"));
    CHECK_THAT(lint_schedule("{every: 1h, missed: {run: last}}"),
               Contains("'run' must be one of latest, all, none, not 'last'"));
    CHECK_THAT(lint_schedule("{every: 1h, missed: {within: 400d}}"),
               Contains("'within' must be at most 366d"));
    CHECK_THAT(lint_schedule("{every: 1h, missed: all}"), Contains("'missed' must be a map"));
    CHECK_THAT(lint_schedule("{every: 1h, pause_after_failures: 0}"), Contains("at least 1"));
    CHECK_THAT(lint_schedule("{every: 1h, until: never}"),
               Contains("the schedule has no key 'until'"));
    CHECK_THAT(lint_schedule("{every: '${params.period}'}"), Contains("params.period"));
}

}  // namespace trommel
