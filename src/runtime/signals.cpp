#include "trommel/runtime/signals.hpp"

#include <asio/use_awaitable.hpp>

#include <csignal>

namespace trommel {

Interrupts::Interrupts(const asio::any_io_executor& executor)
    : signals_(executor, SIGINT, SIGTERM) {}

Hangups::Hangups(const asio::any_io_executor& executor) : signals_(executor, SIGHUP) {}

asio::awaitable<void> Hangups::next() { co_await signals_.async_wait(asio::use_awaitable); }

asio::awaitable<int> Interrupts::next() { return signals_.async_wait(asio::use_awaitable); }

}  // namespace trommel
