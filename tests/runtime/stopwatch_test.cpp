#include "trommel/runtime/stopwatch.hpp"

#include "support/run.hpp"
#include "trommel/runtime/deadline.hpp"

#include <catch2/catch.hpp>

namespace trommel {
namespace {

using namespace std::chrono_literals;

struct Fixture {
    asio::awaitable<void> sleep(Clock::Duration duration) {
        const auto wake = time.clock.now() + duration;
        co_await time.clock.sleep_until(wake);
    }

    test::ManualTime time;
    Stopwatch watch{time.loop.get_executor(), time.clock};
};

TEST_CASE("a stopwatch counts only while it runs", "[runtime]") {
    Fixture fixture;
    const auto work = [&]() -> asio::awaitable<void> {
        co_await fixture.sleep(5s);
        fixture.watch.start();
        co_await fixture.sleep(3s);
        fixture.watch.stop();
        co_await fixture.sleep(7s);
        fixture.watch.start();
        co_await fixture.sleep(1s);
    };
    fixture.time.run(work());
    CHECK(fixture.watch.elapsed() == 4s);
}

TEST_CASE("a stopwatch runs while one of its users works", "[runtime]") {
    Fixture fixture;
    const auto work = [&]() -> asio::awaitable<void> {
        fixture.watch.start();
        co_await fixture.sleep(2s);
        fixture.watch.start();
        co_await fixture.sleep(2s);
        fixture.watch.stop();
        co_await fixture.sleep(2s);
        fixture.watch.stop();
        co_await fixture.sleep(2s);
    };
    fixture.time.run(work());
    CHECK(fixture.watch.elapsed() == 6s);
}

TEST_CASE("work that waits for others does not run out of its time", "[runtime]") {
    Fixture fixture;
    Clock::TimePoint ended;
    const auto wait_then_work = [&](Clock::Duration work) -> asio::awaitable<void> {
        co_await fixture.sleep(1h);
        {
            const ScopedWatch lap(fixture.watch);
            co_await fixture.sleep(work);
        }
        co_await fixture.sleep(1h);
        const ScopedWatch lap(fixture.watch);
        co_await fixture.sleep(work);
    };
    const auto within = [&](Clock::Duration work) {
        return with_expiry(wait_then_work(work), fixture.watch.reach(10s));
    };

    fixture.time.run(within(4s));
    CHECK(fixture.time.clock.now().time_since_epoch() == 2h + 8s);
    CHECK_THROWS_AS(fixture.time.run(within(6s)), DeadlineExceeded);
}

}  // namespace
}  // namespace trommel
