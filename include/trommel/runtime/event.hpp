// Event: lets coroutines wait until something has happened in another one.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <exception>

namespace trommel {

/// Wakes every coroutine that is waiting. It keeps no memory of having been set: use what you
/// wait for, wait, and look again. One loop only; outlives its waiters.
class Event {
public:
    explicit Event(const asio::any_io_executor& executor)
        : timer_(executor, asio::steady_timer::time_point::max()) {}

    /// Returns after set(), and also, without throwing, when the waiting coroutine is cancelled.
    asio::awaitable<void> wait() {
        return timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored_));
    }

    /// Destructors call this, and a timer that says it may throw here never does.
    void set() noexcept {
        try {
            timer_.cancel();
        } catch (const std::exception&) {
        }
    }

private:
    asio::steady_timer timer_;  ///< never fires; to cancel it wakes all
    asio::error_code ignored_;
};

}  // namespace trommel
