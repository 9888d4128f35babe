// run: from an ordinary function into a coroutine and back, for main and for tests.
#pragma once

#include "trommel/core/error.hpp"
#include "trommel/runtime/outcome.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <utility>

namespace trommel {
namespace detail {

/// The coroutine that a loop runs for; stops the loop when it ends.
template <typename T>
class Root {
public:
    Root(asio::io_context& loop, asio::awaitable<T> root) {
        const auto ended = [this, &loop](const std::exception_ptr& error) {
            if (error) outcome_.set_error(error);
            done_ = true;
            loop.stop();
        };
        asio::co_spawn(loop, keep(std::move(root), outcome_), ended);
    }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
    ~Root() = default;

    bool done() const { return done_; }

    T take() {
        if (!done_) throw Error("the event loop stopped before the work on it was done");
        return outcome_.take();
    }

private:
    Outcome<T> outcome_;
    bool done_ = false;
};

}  // namespace detail

/// Runs `loop` until `root` has ended; returns its result or throws its error. What else waits on
/// the loop, say for a signal, goes on with the next run.
template <typename T>
T run(asio::io_context& loop, asio::awaitable<T> root) {
    detail::Root<T> running(loop, std::move(root));
    loop.restart();
    loop.run();
    return running.take();
}

}  // namespace trommel
