// ManualClock: time that moves only when told, for tests and dry runs of schedules.
#pragma once

#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/event.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include <map>
#include <utility>

namespace trommel {

/// Starts at 1970 unless told otherwise. Sleepers wake in the order of their times, and those of
/// one time in the order in which they came.
class ManualClock final : public Clock {
public:
    explicit ManualClock(asio::any_io_executor executor, TimePoint start = {});

    TimePoint now() const override { return now_; }
    asio::awaitable<void> sleep_until(TimePoint time) override;

    /// Runs the loop until all wait, then moves the time on to the next sleeper, wakes that one,
    /// and runs the loop until all wait again. False if nobody sleeps, or while a pool works: the
    /// time appears still for computing, so that what comes of it does not depend on the machine.
    ///
    /// While another program runs, nobody knows for how long, the time passes as it does on the
    /// machine: a step then takes until something happens or the next sleeper's time has come.
    bool step(asio::io_context& loop);

private:
    using Sleepers = std::multimap<TimePoint, Event>;

    void pass_time(asio::io_context& loop);
    void wake_first(asio::io_context& loop);

    asio::any_io_executor executor_;
    TimePoint now_;
    Sleepers sleepers_;
};

/// As run(loop, root), with the time skipping from sleeper to sleeper.
template <typename T>
T run(asio::io_context& loop, ManualClock& clock, asio::awaitable<T> root) {
    detail::Root<T> running(loop, std::move(root));
    while (!running.done() && (clock.step(loop) || loop.run_one() > 0)) continue;
    return running.take();
}

}  // namespace trommel
