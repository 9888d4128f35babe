// Clock: the time, and waiting for it, so that tests can turn the hands.
#pragma once

#include <asio/awaitable.hpp>

#include <chrono>

namespace trommel {

/// Everything that waits for a time of day, a delay or a deadline asks a clock that it was given.
class Clock {
public:
    using TimePoint = std::chrono::system_clock::time_point;
    using Duration = std::chrono::system_clock::duration;

    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    virtual TimePoint now() const = 0;

    /// Returns when now() has reached `time`; at once if it has already. The clock outlives the
    /// wait.
    virtual asio::awaitable<void> sleep_until(TimePoint time) = 0;
};

/// The machine's clock, in UTC.
class SystemClock final : public Clock {
public:
    TimePoint now() const override;
    asio::awaitable<void> sleep_until(TimePoint time) override;
};

}  // namespace trommel
