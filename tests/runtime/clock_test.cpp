#include "trommel/runtime/clock.hpp"

#include "support/run.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/process.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

namespace trommel {
namespace {

using namespace std::chrono_literals;

asio::awaitable<void> tick(Clock& clock,
                           std::string name,
                           std::chrono::hours period,
                           int count,
                           std::vector<std::string>& log) {
    auto due = clock.now();
    for (int i = 0; i < count; ++i) {
        due += period;
        co_await clock.sleep_until(due);
        const auto hours = std::chrono::floor<std::chrono::hours>(clock.now().time_since_epoch());
        log.push_back(name + "@" + std::to_string(hours.count()));
    }
}

TEST_CASE("a manual clock wakes sleepers in the order of their times", "[runtime]") {
    test::ManualTime time;
    std::vector<std::string> log;
    auto both = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(tick(time.clock, "b", 36h, 3, log));
        co_await tick(time.clock, "a", 24h, 5, log);
    };

    time.run(with_nursery(std::move(both)));

    // At hour 72 both are due; b has slept since 36, a since 48.
    CHECK(log == std::vector<std::string>{
                     "a@24", "b@36", "a@48", "b@72", "a@72", "a@96", "b@108", "a@120"});
}

TEST_CASE("a time that has passed is not waited for", "[runtime]") {
    test::ManualTime time;

    time.run(time.clock.sleep_until(Clock::TimePoint{} - 1h));

    CHECK(time.clock.now() == Clock::TimePoint{});
}

TEST_CASE("a cancelled sleeper leaves the manual clock", "[runtime]") {
    test::ManualTime time;
    Nursery sleepers(time.loop.get_executor());
    sleepers.start(time.clock.sleep_until(Clock::TimePoint{} + 1h));
    test::settle(time.loop);

    sleepers.cancel();
    test::settle(time.loop);

    CHECK(!time.clock.step(time.loop));
    CHECK(time.clock.now() == Clock::TimePoint{});
}

TEST_CASE("no time passes on the manual clock while a pool works", "[runtime]") {
    test::ManualTime time;
    IoPool io(1);
    const auto work = [] { std::this_thread::sleep_for(20ms); };
    const auto deadline = Clock::TimePoint{} + 10ms;

    time.run(with_deadline(time.clock, on_io(io, work), deadline));

    CHECK(time.clock.now() == Clock::TimePoint{});
}

TEST_CASE("while a program runs the manual clock goes as the machine's does", "[runtime]") {
    test::ManualTime time;
    ProcessSpec quick{.argv = {"sleep", "0.05"}};
    const auto later = Clock::TimePoint{} + 1h;
    const auto status =
        time.run(with_deadline(time.clock, run_process(std::move(quick), {}, {}), later));
    CHECK(status.success());
    CHECK(time.clock.now() < later);
    CHECK(time.clock.now() >= Clock::TimePoint{} + 40ms);

    ProcessSpec hanging{.argv = {"sleep", "600"}};
    const auto soon = time.clock.now() + 50ms;
    CHECK_THROWS_AS(
        time.run(with_deadline(time.clock, run_process(std::move(hanging), {}, {}), soon)),
        DeadlineExceeded);
    CHECK(time.clock.now() >= soon);

    time.run(time.clock.sleep_until(later));  // nothing runs any more: at once
}

TEST_CASE("the system clock sleeps until the time it was given", "[runtime]") {
    SystemClock clock;
    const auto until = clock.now() + 2ms;

    test::run_to_end(clock.sleep_until(until));

    CHECK(clock.now() >= until);
}

}  // namespace
}  // namespace trommel
