#include "trommel/runtime/limiter.hpp"

#include "trommel/runtime/cancellation.hpp"

#include <asio/this_coro.hpp>

#include <algorithm>
#include <cassert>

namespace trommel {
namespace detail {

WaitingLine::Turn::Turn(WaitingLine& line)
    : line_(line), self_(line.events_.emplace(line.events_.end(), line.executor_)) {}

WaitingLine::Turn::~Turn() {
    line_.events_.erase(self_);
    line_.wake_first();
}

asio::awaitable<void> WaitingLine::Turn::wait() {
    co_await self_->wait();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) throw_cancelled();
}

void WaitingLine::wake_first() {
    if (!events_.empty()) events_.front().set();
}

}  // namespace detail

Limiter::Limiter(const asio::any_io_executor& executor, Clock& clock, Limit limit)
    : clock_(clock), limit_(limit), beginners_(executor), waiters_(executor) {
    assert(limit.burst >= 1 && (!limit.rate || *limit.rate > 0));
    if (limit_.rate)
        interval_ = std::chrono::duration_cast<Clock::Duration>(
            std::chrono::duration<double>(1 / *limit_.rate));
}

Limiter::Slot& Limiter::Slot::operator=(Slot&& other) noexcept {
    give_back();
    limiter_ = std::exchange(other.limiter_, nullptr);
    return *this;
}

void Limiter::Slot::give_back() {
    Limiter* limiter = std::exchange(limiter_, nullptr);
    if (limiter == nullptr) return;
    --limiter->taken_;
    limiter->waiters_.wake_first();
}

/// When the bucket holds a token.
Clock::TimePoint Limiter::soonest() const { return full_at_ - interval_ * (limit_.burst - 1); }

asio::awaitable<void> Limiter::begin() {
    if (!limit_.rate) co_return;
    detail::WaitingLine::Turn turn(beginners_);
    while (!turn.first()) co_await turn.wait();
    // Never further off than a whole bucket: a clock that was set back must not stop everything.
    full_at_ = std::min(full_at_, clock_.now() + interval_ * limit_.burst);
    while (soonest() > clock_.now()) {
        const auto time = soonest();
        co_await clock_.sleep_until(time);
    }
    full_at_ = std::max(full_at_, clock_.now()) + interval_;
}

asio::awaitable<Limiter::Slot> Limiter::slot() {
    detail::WaitingLine::Turn turn(waiters_);
    while (!turn.first() || !has_slot()) co_await turn.wait();
    ++taken_;
    co_return Slot(*this);
}

}  // namespace trommel
