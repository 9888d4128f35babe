#include "trommel/runtime/nursery.hpp"

#include "support/run.hpp"
#include "trommel/runtime/cancellation.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>

namespace trommel {
namespace {

using namespace std::chrono_literals;

constexpr Clock::TimePoint start{};

/// Counts the coroutines that have ended, however they ended.
struct StopReason {
    explicit StopReason(int& count) : ended(count) {}
    ~StopReason() { ++ended; }
    int& ended;
};

asio::awaitable<void> sleep(Clock& clock, Clock::TimePoint time, int& ended) {
    const StopReason stop_reason(ended);
    co_await clock.sleep_until(time);
}

asio::awaitable<void> fail(Clock& clock, Clock::TimePoint time, std::string message) {
    co_await clock.sleep_until(time);
    throw std::runtime_error(message);
}

TEST_CASE("a nursery waits for all its children", "[runtime]") {
    test::ManualTime time;
    int ended = 0;
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(sleep(time.clock, start + 1h, ended));
        nursery.start(sleep(time.clock, start + 2h, ended));
        co_return;
    };

    time.run(with_nursery(std::move(body)));

    CHECK(ended == 2);
    CHECK(time.clock.now() == start + 2h);
}

TEST_CASE("the first error cancels the siblings and is the one that is thrown", "[runtime]") {
    test::ManualTime time;
    int ended = 0;
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(sleep(time.clock, start + 2h, ended));
        nursery.start(fail(time.clock, start + 1h, "first"));
        nursery.start(fail(time.clock, start + 3h, "second"));
        co_return;
    };

    CHECK_THROWS_WITH(time.run(with_nursery(std::move(body))), "first");

    CHECK(ended == 1);
    CHECK(time.clock.now() == start + 1h);
}

TEST_CASE("children that were cancelled on purpose are not error", "[runtime]") {
    test::ManualTime time;
    int ended = 0;
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(sleep(time.clock, start + 2h, ended));
        nursery.cancel();
        co_return;
    };

    CHECK_NOTHROW(time.run(with_nursery(std::move(body))));

    CHECK(ended == 1);
    CHECK(time.clock.now() == start);
}

asio::awaitable<void> fail_to_clean_up(Event& event) {
    co_await event.wait();
    throw std::runtime_error("the journal could not be closed");
}

TEST_CASE("an error in cleaning up after cancellation is not lost", "[runtime]") {
    asio::io_context loop(1);
    Event event(loop.get_executor());
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(fail_to_clean_up(event));
        nursery.cancel();
        co_return;
    };

    CHECK_THROWS_WITH(run(loop, with_nursery(std::move(body))), "the journal could not be closed");
}

asio::awaitable<void> note_error(asio::awaitable<void> work, std::exception_ptr& error) {
    try {
        co_await std::move(work);
    } catch (...) {
        error = std::current_exception();
    }
}

TEST_CASE("cancelling the parent cancels the children and awaits them", "[runtime]") {
    test::ManualTime time;
    int ended = 0;
    std::exception_ptr error;
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(sleep(time.clock, start + 1h, ended));
        co_await sleep(time.clock, start + 2h, ended);
    };
    Nursery outer(time.loop.get_executor());
    outer.start(note_error(with_nursery(std::move(body)), error));
    test::settle(time.loop);

    outer.cancel();
    test::settle(time.loop);

    CHECK(is_cancellation(error));
    CHECK(ended == 2);
}

TEST_CASE("a parent cancelled while it starts its children still awaits them", "[runtime]") {
    test::ManualTime time;
    int ended = 0;
    Nursery outer(time.loop.get_executor());
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(sleep(time.clock, start + 1h, ended));
        outer.cancel();
        co_await sleep(time.clock, start + 2h, ended);
    };
    std::exception_ptr error;
    outer.start(note_error(with_nursery(std::move(body)), error));

    test::settle(time.loop);

    CHECK(is_cancellation(error));
    CHECK(ended == 2);
}

asio::awaitable<void> join_by_hand(Clock& clock, int& ended) {
    const auto executor = co_await asio::this_coro::executor;
    Nursery nursery(executor);
    nursery.start(sleep(clock, start + 1h, ended));
    nursery.start(fail(clock, start + 2h, "late"));
    co_await nursery.join();
}

TEST_CASE("join rethrows after all children have ended", "[runtime]") {
    test::ManualTime time;
    int ended = 0;

    CHECK_THROWS_WITH(time.run(join_by_hand(time.clock, ended)), "late");

    CHECK(ended == 1);
}

asio::awaitable<void> leave_a_child_behind(Clock& clock, int& ended) {
    const auto executor = co_await asio::this_coro::executor;
    Nursery nursery(executor);
    nursery.start(sleep(clock, start + 1h, ended));
}

TEST_CASE("a nursery that dies with live children ends the program", "[runtime]") {
    const pid_t program = ::fork();
    if (program == 0) {
        std::signal(SIGABRT, SIG_DFL);
        ::close(STDERR_FILENO);
        test::ManualTime time;
        int ended = 0;
        time.run(leave_a_child_behind(time.clock, ended));
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(program, &status, 0);

    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
}

}  // namespace
}  // namespace trommel
