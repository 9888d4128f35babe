#include "trommel/runtime/deadline.hpp"

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace trommel::detail {

asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point time) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> expire(asio::awaitable<void> expiry, Nursery& nursery, bool& expired) {
    co_await std::move(expiry);
    expired = true;
    nursery.cancel();
}

}  // namespace trommel::detail
