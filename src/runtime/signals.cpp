#include "trommel/runtime/signals.hpp"

#include <asio/use_awaitable.hpp>

#include <csignal>

namespace trommel {

StopSignals::StopSignals(const asio::any_io_executor& executor)
    : signals_(executor, SIGINT, SIGTERM) {}

HangupSignals::HangupSignals(const asio::any_io_executor& executor) : signals_(executor, SIGHUP) {}

asio::awaitable<void> HangupSignals::next() { co_await signals_.async_wait(asio::use_awaitable); }

asio::awaitable<int> StopSignals::next() { return signals_.async_wait(asio::use_awaitable); }

}  // namespace trommel
