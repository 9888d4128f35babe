// Deadlines: ends what waits for too long.
#pragma once

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <memory>

namespace trommel::http {

/// Looks each `tick` at all that may wait, so that setting a deadline costs a store and no timer: a
/// busy connection sets two a request. Ticks only while something waits. One loop only.
class Deadlines {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Something that waits now and then.
    class Waiter {
    public:
        Waiter() = default;
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        virtual ~Waiter() = default;

        /// Called once `due` has passed, and again each tick until `due` lies ahead.
        virtual void expire() = 0;

        Time due = Time::max();
    };

    /// Waits end up to a `tick` late.
    Deadlines(const asio::any_io_executor& executor, std::chrono::milliseconds tick);
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;
    ~Deadlines();

    void add(Waiter& waiter);
    void remove(Waiter& waiter);
    /// To be called after a waiter has been given a time.
    void wake();

private:
    struct State;
    static void watch(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;  ///< also the pending tick's, which may come after this died
};

}  // namespace trommel::http
