// Nursery: coroutines that run side by side and are all awaited before their locals die.
#pragma once

#include "trommel/runtime/event.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/this_coro.hpp>

#include <exception>
#include <list>
#include <utility>

namespace trommel {

/// Owns running coroutines. The first error of a child cancels its siblings; join() waits for all
/// of them and rethrows it. One loop only, and every call is made on that loop.
///
/// Whoever starts children must reach join(), whatever happens in between: prefer with_nursery,
/// which sees to it. A nursery that dies with live children ends the program, because they would
/// go on with dangling references.
class Nursery {
public:
    explicit Nursery(asio::any_io_executor executor);
    Nursery(const Nursery&) = delete;
    Nursery& operator=(const Nursery&) = delete;
    ~Nursery();

    /// Runs `child` up to its first wait, then beside the others. In a nursery that was cancelled
    /// it is cancelled at that wait.
    void start(asio::awaitable<void> child);

    /// Tells all children, also those to come, to stop; their cancellation is then no error.
    void cancel();

    /// Waits for all children. Cancelling the waiting coroutine cancels them, and still waits.
    /// Throws the first error, or else operation_aborted if the waiting coroutine was cancelled.
    asio::awaitable<void> join();

private:
    template <typename Body>
    friend asio::awaitable<void> with_nursery(Body body);

    using Children = std::list<asio::cancellation_signal>;

    void finish(Children::iterator child, const std::exception_ptr& error);

    /// join() for a coroutine that has turned throw_if_cancelled off; returns what join throws.
    asio::awaitable<std::exception_ptr> settle();

    asio::any_io_executor executor_;
    Children children_;
    Event all_finished_;
    std::exception_ptr first_error_;
    bool cancelled_ = false;
};

/// Runs the coroutine `body(nursery)` as the first child of a new nursery and joins it. `body` is
/// kept until then, so it may be a lambda with captures; name it before the co_await statement.
template <typename Body>
asio::awaitable<void> with_nursery(Body body) {
    const auto executor = co_await asio::this_coro::executor;
    // A cancelled coroutine throws at its next co_await: without this, at the one that joins.
    co_await asio::this_coro::throw_if_cancelled(false);
    Nursery nursery(executor);
    nursery.start(body(nursery));
    const std::exception_ptr error = co_await nursery.settle();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (error) std::rethrow_exception(error);
}

}  // namespace trommel
