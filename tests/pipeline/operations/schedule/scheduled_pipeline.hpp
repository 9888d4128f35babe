// A pipeline that runs by itself on a clock that tests turn.
#pragma once

#include "pipeline/definition/schedule/zone_times.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/schedule/scheduler.hpp"
#include "trommel/runtime/manual_clock.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/io_context.hpp>
#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trommel::test {

/// Keeps the state in memory, where it survives a scheduler but not a power cut.
class MemoryStore final : public ScheduleStore {
public:
    asio::awaitable<std::optional<ScheduleState>> load() override { co_return state; }
    asio::awaitable<void> save(ScheduleState saved) override {
        if (full_disk) throw Error("the disk is full");
        state = std::move(saved);
        co_return;
    }

    std::optional<ScheduleState> state{};
    bool full_disk = false;
};

/// Runs the schedules of one pipeline and writes down what happens.
class ScheduledPipeline {
public:
    explicit ScheduledPipeline(Instant start) : clock_(loop_.get_executor(), start) {}

    /// Lets the schedules work until `end`, then stops them, as a process does that is told to.
    void work_until(std::vector<ScheduleSpec> schedules, Instant end) {
        SchedulerServices services{store, clock_, {}, {}};
        services.start = [this](ScheduledStart start) { return run(start); };
        services.listener = [this](const ScheduleEvent& event) { write_down(event); };
        auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
            nursery.start(run_schedules("test", std::move(schedules), std::move(services)));
            co_await clock_.sleep_until(end);
            nursery.cancel();
        };
        trommel::run(loop_, clock_, with_nursery(std::move(body)));
    }

    /// Nobody is there to start a run until `end`.
    void nobody_until(Instant end) { trommel::run(loop_, clock_, clock_.sleep_until(end)); }

    Clock& clock() { return clock_; }

    MemoryStore store{};
    std::chrono::minutes takes{0};  ///< each run
    std::function<bool(Instant)> fails = [](Instant) { return false; };
    std::function<void(const ScheduleEvent&)> on_event = [](const ScheduleEvent&) {};
    bool keeps_log = true;
    std::vector<std::string> log{};  ///< `02:30 started 02:30: why`, without `next`

private:
    asio::awaitable<ScheduledRunEnd> run(ScheduledStart start) {
        if (start.goes_on) log.push_back("it goes on");
        co_await clock_.sleep_until(clock_.now() + takes);
        if (fails(start.planned)) throw Error("no luck");
        co_return ScheduledRunEnd{};
    }

    void write_down(const ScheduleEvent& event) {
        on_event(event);
        if (event.kind == ScheduleEvent::Kind::next || !keeps_log) return;
        const auto hour = [](Instant time) { return trommel::to_text(time).substr(11, 5); };
        const auto now = floor<std::chrono::milliseconds>(clock_.now());
        log.push_back(fmt::format("{} {} {}{}{}",
                                  hour(now),
                                  trommel::to_text(event.kind),
                                  hour(event.planned),
                                  event.why.empty() ? "" : ": ",
                                  event.why));
    }

    asio::io_context loop_{1};
    ManualClock clock_;
};

inline ScheduleSpec at(const std::string& expression, const std::string& zone_name = "UTC") {
    ScheduleSpec schedule;
    schedule.when = cron(expression);
    schedule.timezone = zone(zone_name);
    return schedule;
}

inline ScheduleSpec every(std::chrono::milliseconds period) {
    ScheduleSpec schedule;
    schedule.when = period;
    return schedule;
}

}  // namespace trommel::test
