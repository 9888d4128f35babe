#include "trommel/runtime/deadline.hpp"

#include "support/run.hpp"
#include "trommel/runtime/cancellation.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace trommel {
namespace {

using namespace std::chrono_literals;

constexpr Clock::TimePoint start{};

asio::awaitable<std::unique_ptr<int>> answer_at(Clock& clock, Clock::TimePoint time) {
    co_await clock.sleep_until(time);
    co_return std::make_unique<int>(42);
}

asio::awaitable<void> fail_at(Clock& clock, Clock::TimePoint time) {
    co_await clock.sleep_until(time);
    throw std::runtime_error("the disk is full");
}

/// Ends at `time` in spite of being cancelled before.
asio::awaitable<int> answer_stubbornly(Event& event) {
    co_await event.wait();
    co_return 7;
}

TEST_CASE("work that is done by its deadline gives its result", "[runtime]") {
    test::ManualTime time;

    const auto answer =
        time.run(with_deadline(time.clock, answer_at(time.clock, start + 1s), start + 2s));

    CHECK(*answer == 42);
    CHECK(time.clock.now() == start + 1s);
}

TEST_CASE("work that is late is stopped and its deadline is the error", "[runtime]") {
    test::ManualTime time;

    CHECK_THROWS_AS(
        time.run(with_deadline(time.clock, answer_at(time.clock, start + 3s), start + 2s)),
        DeadlineExceeded);

    CHECK(time.clock.now() == start + 2s);
    CHECK(!time.clock.step(time.loop));
}

TEST_CASE("work that fails by its deadline gives its own error", "[runtime]") {
    test::ManualTime time;

    CHECK_THROWS_WITH(
        time.run(with_deadline(time.clock, fail_at(time.clock, start + 1s), start + 2s)),
        "the disk is full");
}

TEST_CASE("a result that arrives after the deadline is not thrown away", "[runtime]") {
    test::ManualTime time;
    Event event(time.loop.get_executor());

    CHECK(time.run(with_deadline(time.clock, answer_stubbornly(event), start + 1s)) == 7);
}

asio::awaitable<void> note_that_it_ran(bool& ran) {
    ran = true;
    co_return;
}

TEST_CASE("work whose deadline has passed is not begun", "[runtime]") {
    test::ManualTime time;
    bool ran = false;

    CHECK_THROWS_AS(time.run(with_deadline(time.clock, note_that_it_ran(ran), start)),
                    DeadlineExceeded);

    CHECK(!ran);
}

asio::awaitable<void> note_error(asio::awaitable<std::unique_ptr<int>> work,
                                 std::exception_ptr& error) {
    try {
        (void)co_await std::move(work);
    } catch (...) {
        error = std::current_exception();
    }
}

TEST_CASE("work that is cancelled from outside has not exceeded its deadline", "[runtime]") {
    test::ManualTime time;
    std::exception_ptr error;
    Nursery nursery(time.loop.get_executor());
    nursery.start(note_error(
        with_deadline(time.clock, answer_at(time.clock, start + 1s), start + 2s), error));
    test::settle(time.loop);

    nursery.cancel();
    test::settle(time.loop);

    CHECK(is_cancellation(error));
}

asio::awaitable<void> wait_for_ever() {
    const auto executor = co_await asio::this_coro::executor;
    Event never(executor);
    while (true) {
        co_await never.wait();
    }
}

TEST_CASE("a deadline may be given by the steady clock", "[runtime]") {
    const auto soon = std::chrono::steady_clock::now() + 1ms;

    CHECK_THROWS_AS(test::run_to_end(with_deadline(wait_for_ever(), soon)), DeadlineExceeded);
}

}  // namespace
}  // namespace trommel
