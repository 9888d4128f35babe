// with_deadline: gives work a time by which it has to be done.
#pragma once

#include "trommel/core/error.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/outcome.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <utility>

namespace trommel {

/// The time for some work ran out; the work was stopped.
class DeadlineExceeded : public Error {
public:
    DeadlineExceeded() : Error("not done by its deadline; allow more time or give it less to do") {}
};

namespace detail {

asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point time);

/// Cancels the nursery once `expiry` has passed, and says so in `expired`.
asio::awaitable<void> expire(asio::awaitable<void> expiry, Nursery& nursery, bool& expired);

template <typename T>
asio::awaitable<T> race(asio::awaitable<T> work, asio::awaitable<void> expiry) {
    Outcome<T> outcome;
    bool expired = false;
    auto both = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(expire(std::move(expiry), nursery, expired));
        co_await keep(std::move(work), outcome);
        nursery.cancel();
    };
    try {
        co_await with_nursery(std::move(both));
    } catch (...) {
        if (!outcome.has_value() && !expired) throw;
    }
    if (!outcome.has_value()) throw DeadlineExceeded();
    co_return outcome.take();
}

}  // namespace detail

/// `work`'s result or error if it ends before `deadline`, else it is cancelled and DeadlineExceeded
/// is thrown. Returns only after the work has ended. A result that arrived is never thrown away,
/// even if it came late. Computing that ignores its stop token cannot be hurried.
template <typename T>
asio::awaitable<T> with_deadline(Clock& clock, asio::awaitable<T> work, Clock::TimePoint deadline) {
    return detail::race(std::move(work), clock.sleep_until(deadline));
}

/// The same with `expiry`, a coroutine that returns when the time is up, in place of a deadline.
template <typename T>
asio::awaitable<T> with_expiry(asio::awaitable<T> work, asio::awaitable<void> expiry) {
    return detail::race(std::move(work), std::move(expiry));
}

/// The same by the machine's steady clock, which nobody sets.
template <typename T>
asio::awaitable<T> with_deadline(asio::awaitable<T> work,
                                 std::chrono::steady_clock::time_point deadline) {
    return detail::race(std::move(work), detail::sleep_until(deadline));
}

}  // namespace trommel
