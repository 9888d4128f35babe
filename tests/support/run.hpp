// Runs a coroutine of a test on a loop of its own.
#pragma once

#include "trommel/runtime/manual_clock.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include <utility>

namespace trommel::test {

/// Returns what `work` returns, or throws what it throws.
template <typename T>
T run_to_end(asio::awaitable<T> work) {
    asio::io_context loop(1);
    return run(loop, std::move(work));
}

/// Lets everything that is ready happen, without waiting for anything.
inline void settle(asio::io_context& loop) {
    loop.restart();
    loop.poll();
}

/// A loop whose time moves only when all of it sleeps.
struct ManualTime {
    asio::io_context loop{1};
    ManualClock clock{loop.get_executor()};

    template <typename T>
    T run(asio::awaitable<T> work) {
        return trommel::run(loop, clock, std::move(work));
    }
};

}  // namespace trommel::test
