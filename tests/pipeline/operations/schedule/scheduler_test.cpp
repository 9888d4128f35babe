#include "trommel/pipeline/operations/schedule/scheduler.hpp"

#include "pipeline/operations/schedule/scheduled_pipeline.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;
using Overlap = ScheduleSpec::Overlap;
using Missed = ScheduleSpec::Missed;
using test::at;
using test::every;
using test::ScheduledPipeline;
using test::utc;

const Instant midnight = utc(2026, 1, 1);

ScheduleSpec hourly(Overlap overlap) {
    auto schedule = at("@hourly");
    schedule.overlap = overlap;
    return schedule;
}

ScheduleSpec hourly(Missed missed, std::chrono::milliseconds within) {
    auto schedule = at("@hourly");
    schedule.missed = missed;
    schedule.missed_within = within;
    return schedule;
}

}  // namespace

TEST_CASE("a run starts at each planned time", "[schedule]") {
    ScheduledPipeline pipeline(midnight);

    pipeline.work_until({at("30 1,2 * * *")}, midnight + 3h);

    CHECK(pipeline.log == Log{"01:30 started 01:30",
                              "01:30 succeeded 01:30",
                              "02:30 started 02:30",
                              "02:30 succeeded 02:30"});
}

TEST_CASE("a pipeline can have several schedules", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 1min;

    pipeline.work_until({at("0 2 * * *"), every(90min)}, midnight + 4h);

    CHECK(pipeline.log == Log{"01:30 started 01:30",
                              "01:31 succeeded 01:30",
                              "02:00 started 02:00",
                              "02:01 succeeded 02:00",
                              "03:00 started 03:00",
                              "03:01 succeeded 03:00"});
}

TEST_CASE("the runs of several schedules are foretold in their order", "[schedule]") {
    const std::vector<ScheduleSpec> schedules{at("0 2 * * *"), every(90min)};
    std::vector<Instant> planned;
    for (const auto& run : upcoming_runs(schedules, midnight, 4)) planned.push_back(run.planned);
    CHECK(planned ==
          std::vector<Instant>{midnight + 90min, midnight + 2h, midnight + 3h, midnight + 270min});
    CHECK(upcoming_runs({at("@yearly")}, utc(2197, 6, 1), 9).size() == 2);
    CHECK(upcoming_runs({}, midnight, 9).empty());
}

TEST_CASE("skip leaves out what is due while a run goes on", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 90min;

    pipeline.work_until({hourly(Overlap::skip)}, midnight + 200min);

    CHECK(pipeline.log == Log{"01:00 started 01:00",
                              "02:00 skipped 02:00: another run goes on",
                              "02:30 succeeded 01:00",
                              "03:00 started 03:00",
                              "03:20 stopped 03:00"});
}

TEST_CASE("queue_one lets one run wait and leaves out the others", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 150min;

    pipeline.work_until({hourly(Overlap::queue_one)}, midnight + 250min);

    CHECK(pipeline.log == Log{"01:00 started 01:00",
                              "02:00 queued 02:00: another run goes on",
                              "03:00 skipped 03:00: another run waits",
                              "03:30 succeeded 01:00",
                              "03:30 started 02:00",
                              "04:00 queued 04:00: another run goes on",
                              "04:10 stopped 02:00"});
}

TEST_CASE("cancel_running stops the run that goes on, then starts the new one", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 90min;

    pipeline.work_until({hourly(Overlap::cancel_running)}, midnight + 121min);

    CHECK(pipeline.log == Log{"01:00 started 01:00",
                              "02:00 stopped 01:00",
                              "02:00 started 02:00",
                              "02:01 stopped 02:00"});
}

TEST_CASE("allow lets runs go on side by side", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 90min;

    pipeline.work_until({hourly(Overlap::allow)}, midnight + 170min);

    CHECK(pipeline.log == Log{"01:00 started 01:00",
                              "02:00 started 02:00",
                              "02:30 succeeded 01:00",
                              "02:50 stopped 02:00"});
}

TEST_CASE("a restart starts nothing twice and makes up for the latest missed run", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.work_until({at("@hourly")}, midnight + 61min);
    pipeline.nobody_until(midnight + 250min);
    pipeline.log.clear();

    pipeline.work_until({at("@hourly")}, midnight + 301min);

    CHECK(pipeline.log == Log{"04:10 missed 02:00: and all others up to 2026-01-01T03:00:00Z",
                              "04:10 started 04:00",
                              "04:10 succeeded 04:00",
                              "05:00 started 05:00",
                              "05:00 succeeded 05:00"});
}

TEST_CASE("all missed runs are made up for in their order, as far back as they may be",
          "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    const auto schedule = hourly(Missed::all, 150min);
    pipeline.work_until({schedule}, midnight + 61min);
    pipeline.nobody_until(midnight + 250min);
    pipeline.log.clear();
    pipeline.takes = 20min;

    pipeline.work_until({schedule}, midnight + 295min);

    CHECK(pipeline.log == Log{"04:10 started 02:00",
                              "04:30 succeeded 02:00",
                              "04:30 started 03:00",
                              "04:50 succeeded 03:00",
                              "04:50 started 04:00",
                              "04:55 stopped 04:00"});
}

TEST_CASE("what is older than 'within' is let go, and so is everything with none", "[schedule]") {
    for (const auto& schedule :
         {hourly(Missed::all, 5min), hourly(Missed::latest, 5min), hourly(Missed::none, 24h)}) {
        ScheduledPipeline pipeline(midnight);
        pipeline.work_until({schedule}, midnight + 61min);
        pipeline.nobody_until(midnight + 250min);
        pipeline.log.clear();

        pipeline.work_until({schedule}, midnight + 251min);

        REQUIRE(pipeline.log.size() == 1);
        CHECK(pipeline.log[0].substr(0, 18) == "04:10 missed 02:00");
    }
}

TEST_CASE("what a restart of seconds nearly missed is on time", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    const auto schedule = hourly(Missed::none, 0s);
    pipeline.work_until({schedule}, midnight + 59min);
    pipeline.nobody_until(midnight + 60min + 30s);

    pipeline.work_until({schedule}, midnight + 61min);

    CHECK(pipeline.log == Log{"01:00 started 01:00", "01:00 succeeded 01:00"});
}

TEST_CASE("nothing was missed before the first start", "[schedule]") {
    ScheduledPipeline pipeline(midnight + 30min);
    pipeline.work_until({at("@hourly")}, midnight + 59min);
    CHECK(pipeline.log.empty());
    CHECK(pipeline.store.state->decided.at("cron '@hourly' in UTC") == midnight + 30min);
}

TEST_CASE("a changed schedule is a new one, for which nothing was missed", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.work_until({at("30 * * * *")}, midnight + 10min);
    pipeline.nobody_until(midnight + 10h);

    pipeline.work_until({at("15 * * * *")}, midnight + 10h + 1min);

    CHECK(pipeline.log.empty());
}

TEST_CASE("a run that waits when the process ends starts with the next one", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 90min;
    pipeline.work_until({hourly(Overlap::queue_one)}, midnight + 125min);
    CHECK(pipeline.store.state->queued ==
          std::vector<KnownRun>{{"cron '@hourly' in UTC", midnight + 2h}});
    pipeline.nobody_until(midnight + 130min);
    pipeline.log.clear();
    pipeline.takes = 0min;

    pipeline.work_until({hourly(Overlap::queue_one)}, midnight + 131min);

    CHECK(pipeline.log == Log{"02:10 started 01:00",
                              "it goes on",
                              "02:10 succeeded 01:00",
                              "02:10 started 02:00",
                              "02:10 succeeded 02:00"});
    CHECK(pipeline.store.state->running.empty());
}

TEST_CASE("a run that was cut off goes on before anything else starts", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 90min;
    pipeline.work_until({hourly(Overlap::skip)}, midnight + 70min);
    CHECK(pipeline.store.state->running ==
          std::vector<KnownRun>{{"cron '@hourly' in UTC", midnight + 1h}});
    pipeline.nobody_until(midnight + 190min);
    pipeline.log.clear();

    pipeline.work_until({hourly(Overlap::skip)}, midnight + 310min);

    CHECK(pipeline.log == Log{"03:10 started 01:00",
                              "it goes on",
                              "03:10 missed 02:00",
                              "03:10 skipped 03:00: another run goes on",
                              "04:00 skipped 04:00: another run goes on",
                              "04:40 succeeded 01:00",
                              "05:00 started 05:00",
                              "05:10 stopped 05:00"});
}

TEST_CASE("a run that has ended, or whose schedule is gone, does not go on", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 30min;
    pipeline.work_until({at("@hourly")}, midnight + 91min);
    CHECK(pipeline.store.state->running.empty());
    pipeline.work_until({at("@hourly")}, midnight + 121min);
    REQUIRE(pipeline.store.state->running.size() == 1);
    pipeline.log.clear();

    pipeline.work_until({at("30 * * * *")}, midnight + 122min);

    CHECK(pipeline.log == Log{"02:01 stopped 02:00: its schedule is gone"});
    CHECK(pipeline.store.state->running.empty());
}

TEST_CASE("a run that another one took the place of does not go on", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.takes = 90min;
    pipeline.work_until({hourly(Overlap::cancel_running)}, midnight + 121min);

    CHECK(pipeline.store.state->running ==
          std::vector<KnownRun>{{"cron '@hourly' in UTC", midnight + 2h}});
}

TEST_CASE("that a run is decided is kept before it starts", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    std::optional<Instant> decided;
    pipeline.fails = [&](Instant) {
        decided = pipeline.store.state->decided.at("cron '@hourly' in UTC");
        return false;
    };

    pipeline.work_until({at("@hourly")}, midnight + 61min);

    CHECK(decided == midnight + 1h);
}

TEST_CASE("without a disk to keep its state on, nothing is started", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    pipeline.work_until({at("@hourly")}, midnight + 59min);
    pipeline.store.full_disk = true;

    CHECK_THROWS_WITH(pipeline.work_until({at("@hourly")}, midnight + 61min), "the disk is full");
    CHECK(pipeline.log.empty());
}

TEST_CASE("failures in a row pause a pipeline, successes between them do not", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    auto schedule = at("@hourly");
    schedule.pause_after_failures = 2;
    pipeline.fails = [](Instant planned) { return planned != midnight + 2h; };

    pipeline.work_until({schedule}, midnight + 301min);

    CHECK(pipeline.log == Log{"01:00 started 01:00",
                              "01:00 failed 01:00: no luck",
                              "02:00 started 02:00",
                              "02:00 succeeded 02:00",
                              "03:00 started 03:00",
                              "03:00 failed 03:00: no luck",
                              "04:00 started 04:00",
                              "04:00 failed 04:00: no luck",
                              "04:00 paused 04:00: 2 runs in a row have failed",
                              "05:00 skipped 05:00: it is paused"});
    CHECK(pipeline.store.state->paused);
}

TEST_CASE("a paused pipeline stays so across restarts until it is resumed", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    auto schedule = at("@hourly");
    schedule.pause_after_failures = 1;
    pipeline.fails = [](Instant planned) { return planned == midnight + 1h; };
    pipeline.work_until({schedule}, midnight + 61min);
    pipeline.nobody_until(midnight + 190min);
    pipeline.log.clear();
    pipeline.work_until({schedule}, midnight + 241min);
    CHECK(pipeline.log ==
          Log{"03:10 paused 03:10: the last run has failed", "04:00 skipped 04:00: it is paused"});
    pipeline.log.clear();

    resume(*pipeline.store.state, midnight + 250min);
    pipeline.work_until({schedule}, midnight + 301min);

    CHECK(pipeline.log == Log{"05:00 started 05:00", "05:00 succeeded 05:00"});
}

TEST_CASE("a scheduler at work sees that somebody has resumed its pipeline", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    auto schedule = at("@hourly");
    schedule.pause_after_failures = 1;
    pipeline.fails = [&](Instant planned) { return planned == midnight + 1h; };
    pipeline.work_until({schedule}, midnight + 61min);
    REQUIRE(pipeline.store.state->paused);
    pipeline.log.clear();
    pipeline.on_event = [&](const ScheduleEvent& event) {
        if (event.kind == ScheduleEvent::Kind::skipped)
            resume(*pipeline.store.state, midnight + 130min);
    };
    pipeline.work_until({schedule}, midnight + 181min);

    CHECK(pipeline.log == Log{"01:01 paused 01:01: the last run has failed",
                              "02:00 skipped 02:00: it is paused",
                              "03:00 resumed 03:00",
                              "03:00 started 03:00",
                              "03:00 succeeded 03:00"});
    CHECK_FALSE(pipeline.store.state->paused);
    CHECK(pipeline.store.state->failures == 0);
}

TEST_CASE("a run that was stopped is neither a failure nor a success", "[schedule]") {
    ScheduledPipeline pipeline(midnight);
    auto schedule = hourly(Overlap::cancel_running);
    schedule.pause_after_failures = 2;
    pipeline.fails = [](Instant planned) { return planned == midnight + 1h; };
    pipeline.work_until({schedule}, midnight + 61min);
    pipeline.takes = 90min;

    pipeline.work_until({schedule}, midnight + 250min);

    CHECK(pipeline.store.state->failures == 1);
    CHECK_FALSE(pipeline.store.state->paused);
}

TEST_CASE("jitter delays each run by its own share, the same after a restart", "[schedule]") {
    auto schedule = at("@hourly");
    schedule.jitter = 20min;
    ScheduledPipeline once(midnight), again(midnight);
    once.work_until({schedule}, midnight + 10h);

    again.work_until({schedule}, midnight + 310min);
    again.work_until({schedule}, midnight + 10h);

    CHECK(once.log == again.log);
    CHECK(once.log.size() == 18);
    const auto begun_late = [](const std::string& line) {
        return line.substr(6, 7) == "started" && line.substr(0, 5) != line.substr(14, 5);
    };
    CHECK(std::ranges::count_if(once.log, begun_late) >= 5);
    CHECK(due_time(schedule, "one", midnight) != due_time(schedule, "two", midnight));
    for (Instant planned = midnight; planned < midnight + 1000h; planned += 1h) {
        const auto due = due_time(schedule, "one", planned);
        CHECK((due >= planned && due < planned + 20min));
    }
}

}  // namespace trommel
