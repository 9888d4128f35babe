// Stopwatch: how long something has worked, its waits left out.
#pragma once

#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/event.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

namespace trommel {

/// Counts the time during which at least one of its users works. One loop only; outlives whoever
/// waits in reach().
class Stopwatch {
public:
    /// Appears at zero and does not run.
    Stopwatch(const asio::any_io_executor& executor, Clock& clock);

    /// One more user works, one less; every start has its stop.
    void start();
    void stop();

    Clock::Duration elapsed() const;

    /// Returns when elapsed() has come to `limit`.
    asio::awaitable<void> reach(Clock::Duration limit);

    const asio::any_io_executor& executor() const { return executor_; }

private:
    bool running() const { return users_ > 0; }

    asio::any_io_executor executor_;
    Clock& clock_;
    Event started_;
    unsigned users_ = 0;
    Clock::Duration counted_{0};  ///< before it was started last
    Clock::TimePoint since_{};    ///< when it was
};

/// Lets a stopwatch run for a scope.
class ScopedWatch {
public:
    explicit ScopedWatch(Stopwatch& watch) : watch_(watch) { watch_.start(); }
    ScopedWatch(const ScopedWatch&) = delete;
    ScopedWatch& operator=(const ScopedWatch&) = delete;
    ~ScopedWatch() { watch_.stop(); }

private:
    Stopwatch& watch_;
};

}  // namespace trommel
