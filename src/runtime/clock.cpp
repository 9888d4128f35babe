#include "trommel/runtime/clock.hpp"

#include <asio/system_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace trommel {

Clock::TimePoint SystemClock::now() const { return std::chrono::system_clock::now(); }

asio::awaitable<void> SystemClock::sleep_until(TimePoint time) {
    const auto executor = co_await asio::this_coro::executor;
    asio::system_timer timer(executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace trommel
