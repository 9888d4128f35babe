#include "trommel/runtime/limiter.hpp"

#include "support/run.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/nursery.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using Times = std::vector<std::chrono::milliseconds>;

/// Coroutines that share a limiter and note when they began, in their order.
struct Fixture {
    explicit Fixture(Limit limit) : limiter(time.loop.get_executor(), time.clock, limit) {}

    std::chrono::milliseconds now() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            time.clock.now().time_since_epoch());
    }

    asio::awaitable<void> sleep(Clock::Duration duration) {
        const auto wake = time.clock.now() + duration;
        co_await time.clock.sleep_until(wake);
    }

    asio::awaitable<void> begin(int who) {
        co_await limiter.begin();
        began.push_back(now());
        order.push_back(who);
    }

    asio::awaitable<void> hold(int who, Clock::Duration duration) {
        auto place = co_await limiter.slot();
        began.push_back(now());
        order.push_back(who);
        most = std::max(most, ++holding);
        co_await sleep(duration);
        --holding;
    }

    template <typename Body>
    void run(Body body) {
        time.run(with_nursery(std::move(body)));
    }

    test::ManualTime time;
    Limiter limiter;
    Times began;
    std::vector<int> order;
    int holding = 0;
    int most = 0;
};

TEST_CASE("after a burst, work begins at its rate and in the order of coming", "[runtime]") {
    Fixture fixture({.rate = 5, .burst = 3, .parallel = {}});
    fixture.run([&](Nursery& nursery) -> asio::awaitable<void> {
        for (int i = 0; i < 6; ++i) nursery.start(fixture.begin(i));
        co_return;
    });
    CHECK(fixture.began == Times{0ms, 0ms, 0ms, 200ms, 400ms, 600ms});
    CHECK(fixture.order == std::vector<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("a pause fills the burst up again, and no further", "[runtime]") {
    Fixture fixture({.rate = 10, .burst = 2, .parallel = {}});
    fixture.run([&](Nursery&) -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) co_await fixture.begin(i);
        co_await fixture.sleep(10s);
        for (int i = 3; i < 6; ++i) co_await fixture.begin(i);
    });
    CHECK(fixture.began == Times{0ms, 0ms, 100ms, 10'100ms, 10'100ms, 10'200ms});
}

TEST_CASE("a thousand beginnings take exactly as long as the rate says", "[runtime]") {
    Fixture fixture({.rate = 7, .burst = 1, .parallel = {}});
    fixture.run([&](Nursery&) -> asio::awaitable<void> {
        for (int i = 0; i < 701; ++i) co_await fixture.begin(i);
    });
    CHECK(fixture.began.back() >= 99'999ms);
    CHECK(fixture.began.back() <= 100'000ms);
}

TEST_CASE("no more are under way than there are places", "[runtime]") {
    Fixture fixture({.rate = {}, .burst = 1, .parallel = 2});
    fixture.run([&](Nursery& nursery) -> asio::awaitable<void> {
        for (int i = 0; i < 5; ++i) nursery.start(fixture.hold(i, 1s));
        co_return;
    });
    CHECK(fixture.most == 2);
    CHECK(fixture.order == std::vector<int>{0, 1, 2, 3, 4});
    CHECK(fixture.began == Times{0ms, 0ms, 1000ms, 1000ms, 2000ms});
}

TEST_CASE("who stops waiting takes neither a beginning nor a place", "[runtime]") {
    Fixture fixture({.rate = 1, .burst = 1, .parallel = 1});
    fixture.run([&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(fixture.hold(0, 5s));
        auto gives_up = [&]() -> asio::awaitable<void> {
            try {
                const auto soon = fixture.time.clock.now() + 2s;
                co_await with_deadline(fixture.time.clock, fixture.hold(1, 1s), soon);
            } catch (const DeadlineExceeded&) {
            }
        };
        co_await gives_up();
        nursery.start(fixture.hold(2, 1s));
    });
    CHECK(fixture.order == std::vector<int>{0, 2});
    CHECK(fixture.began == Times{0ms, 5000ms});

    fixture.began.clear();
    fixture.order.clear();
    const auto start = fixture.now();
    fixture.run([&](Nursery&) -> asio::awaitable<void> {
        co_await fixture.begin(0);
        try {
            const auto soon = fixture.time.clock.now() + 300ms;
            co_await with_deadline(fixture.time.clock, fixture.begin(1), soon);
        } catch (const DeadlineExceeded&) {
        }
        co_await fixture.begin(2);
    });
    CHECK(fixture.order == std::vector<int>{0, 2});
    CHECK(fixture.began.back() - start == 1000ms);
}

}  // namespace
}  // namespace trommel
