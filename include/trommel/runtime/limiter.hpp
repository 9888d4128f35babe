// Limiter: what many coroutines share of something scarce: a rate of beginnings, a number of
// places.
#pragma once

#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/event.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <cstdint>
#include <list>
#include <optional>
#include <utility>

namespace trommel {

/// What is shared; what is not given is not bounded.
struct Limit {
    std::optional<double> rate{};  ///< beginnings a second, above 0
    std::int64_t burst = 1;        ///< how many may begin at once after a pause, 1 or more
    std::optional<std::int64_t> parallel{};  ///< how many may be under way at once, 1 or more
};

namespace detail {

/// Coroutines in the order of their coming, of which only the first goes on.
class WaitingLine {
public:
    explicit WaitingLine(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    WaitingLine(const WaitingLine&) = delete;
    WaitingLine& operator=(const WaitingLine&) = delete;
    ~WaitingLine() = default;

    /// A place in the line, left at the end of its scope, whatever ends it.
    class Turn {
    public:
        explicit Turn(WaitingLine& line);
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn();

        /// Whether nobody is ahead.
        bool first() const { return self_ == line_.events_.begin(); }

        /// Waits for a call of wake_first, or for those ahead to leave.
        asio::awaitable<void> wait();

    private:
        WaitingLine& line_;
        std::list<Event>::iterator self_;
    };

    void wake_first();

private:
    asio::any_io_executor executor_;
    std::list<Event> events_;
};

}  // namespace detail

/// Lets coroutines begin at a rate, and hands out places to be under way. Fair: who came first is
/// served first. A cancelled waiter takes nothing. One loop only; outlives its places.
///
/// The rate is a token bucket of `burst` tokens that is full at first, kept as the time at which it
/// is full again (GCRA, ITU-T I.371), so that nothing is lost to rounding.
class Limiter {
public:
    Limiter(const asio::any_io_executor& executor, Clock& clock, Limit limit);

    /// One of the `parallel` places, given back when it dies.
    class Slot {
    public:
        Slot() = default;
        Slot(Slot&& other) noexcept : limiter_(std::exchange(other.limiter_, nullptr)) {}
        Slot& operator=(Slot&& other) noexcept;
        ~Slot() { give_back(); }

        void give_back();

    private:
        friend class Limiter;
        explicit Slot(Limiter& limiter) : limiter_(&limiter) {}

        Limiter* limiter_ = nullptr;
    };

    /// Waits until one more may begin by the rate.
    asio::awaitable<void> begin();

    /// Waits for a place.
    asio::awaitable<Slot> slot();

private:
    Clock::TimePoint soonest() const;
    bool has_slot() const { return !limit_.parallel || taken_ < *limit_.parallel; }

    Clock& clock_;
    Limit limit_;
    Clock::Duration interval_{0};  ///< between beginnings
    Clock::TimePoint full_at_{};   ///< when the bucket is full again
    std::int64_t taken_ = 0;
    detail::WaitingLine beginners_;
    detail::WaitingLine waiters_;
};

}  // namespace trommel
