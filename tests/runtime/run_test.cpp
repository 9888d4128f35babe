#include "trommel/runtime/run.hpp"

#include "trommel/runtime/event.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>

namespace trommel {
namespace {

/// No default constructor, no copy: the hardest value to hand through.
struct Ticket {
    explicit Ticket(int value) : number(std::make_unique<int>(value)) {}
    std::unique_ptr<int> number;
};

asio::awaitable<Ticket> draw_ticket() { co_return Ticket(5); }

asio::awaitable<void> fail() {
    throw std::runtime_error("broken");
    co_return;
}

TEST_CASE("run returns what its coroutine returns", "[runtime]") {
    asio::io_context loop(1);

    CHECK(*run(loop, draw_ticket()).number == 5);
}

TEST_CASE("run throws what its coroutine throws and the loop can run again", "[runtime]") {
    asio::io_context loop(1);

    CHECK_THROWS_WITH(run(loop, fail()), "broken");
    CHECK(*run(loop, draw_ticket()).number == 5);
}

TEST_CASE("run ends with its coroutine though others still wait on the loop", "[runtime]") {
    asio::io_context loop(1);
    asio::steady_timer waits_for_ever(loop, asio::steady_timer::time_point::max());
    waits_for_ever.async_wait([](asio::error_code) {});

    CHECK(*run(loop, draw_ticket()).number == 5);
}

TEST_CASE("a loop that is stopped early is an error", "[runtime]") {
    asio::io_context loop(1);
    Event never(loop.get_executor());
    asio::post(loop, [&] { loop.stop(); });

    CHECK_THROWS_AS(run(loop, never.wait()), Error);
}

}  // namespace
}  // namespace trommel
