#include "trommel/runtime/nursery.hpp"

#include "trommel/runtime/cancellation.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/system_error.hpp>

#include <cstdio>

namespace trommel {

Nursery::Nursery(asio::any_io_executor executor)
    : executor_(std::move(executor)), all_finished_(executor_) {}

Nursery::~Nursery() {
    if (children_.empty()) return;
    std::fputs("trommel: a nursery died with live children: co_await its join() first\n", stderr);
    std::terminate();
}

void Nursery::start(asio::awaitable<void> child) {
    const auto self = children_.emplace(children_.end());
    auto finished = [this, self](const std::exception_ptr& error) { finish(self, error); };
    asio::co_spawn(executor_,
                   std::move(child),
                   asio::bind_cancellation_slot(self->slot(), std::move(finished)));
    // co_spawn completes by a post or a later event, never inside this call: `self` still lives.
    if (cancelled_) self->emit(asio::cancellation_type::terminal);
}

void Nursery::cancel() {
    if (cancelled_) return;
    cancelled_ = true;
    for (auto& child : children_) child.emit(asio::cancellation_type::terminal);
}

void Nursery::finish(Children::iterator child, const std::exception_ptr& error) {
    children_.erase(child);
    const bool stopped_as_told = cancelled_ && is_cancellation(error);
    if (error && !first_error_ && !stopped_as_told) {
        first_error_ = error;
        cancel();
    }
    if (children_.empty()) all_finished_.set();
}

asio::awaitable<void> Nursery::join() {
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    const std::exception_ptr error = co_await settle();
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (error) std::rethrow_exception(error);
}

asio::awaitable<std::exception_ptr> Nursery::settle() {
    while (true) {
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool cancelled = detail::is_cancelled(state);
        if (cancelled) cancel();
        if (!children_.empty()) {
            co_await all_finished_.wait();
            continue;
        }
        if (!first_error_ && cancelled)
            co_return std::make_exception_ptr(asio::system_error(asio::error::operation_aborted));
        co_return first_error_;
    }
}

}  // namespace trommel
