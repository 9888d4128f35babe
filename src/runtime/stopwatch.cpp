#include "trommel/runtime/stopwatch.hpp"

#include "trommel/runtime/cancellation.hpp"

#include <asio/this_coro.hpp>

#include <cassert>

namespace trommel {

Stopwatch::Stopwatch(const asio::any_io_executor& executor, Clock& clock)
    : executor_(executor), clock_(clock), started_(executor) {}

void Stopwatch::start() {
    if (++users_ > 1) return;
    since_ = clock_.now();
    started_.set();
}

void Stopwatch::stop() {
    assert(running());
    if (--users_ == 0) counted_ += clock_.now() - since_;
}

Clock::Duration Stopwatch::elapsed() const {
    return running() ? counted_ + (clock_.now() - since_) : counted_;
}

asio::awaitable<void> Stopwatch::reach(Clock::Duration limit) {
    while (elapsed() < limit) {
        if (running()) {
            const auto soonest = clock_.now() + (limit - elapsed());
            co_await clock_.sleep_until(soonest);
        } else {
            co_await started_.wait();
            const auto state = co_await asio::this_coro::cancellation_state;
            if (detail::is_cancelled(state)) detail::throw_cancelled();
        }
    }
}

}  // namespace trommel
