#include "trommel/runtime/manual_clock.hpp"

#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/outside_work.hpp"

#include <asio/this_coro.hpp>

#include <algorithm>

namespace trommel {

ManualClock::ManualClock(asio::any_io_executor executor, TimePoint start)
    : executor_(std::move(executor)), now_(start) {}

asio::awaitable<void> ManualClock::sleep_until(TimePoint time) {
    if (time <= now_) co_return;
    struct Sleep {
        ~Sleep() { sleepers.erase(self); }
        Sleepers& sleepers;
        Sleepers::iterator self;
    };
    const Sleep sleep{sleepers_, sleepers_.emplace(time, executor_)};
    co_await sleep.self->second.wait();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (detail::is_cancelled(state)) detail::throw_cancelled();
}

bool ManualClock::step(asio::io_context& loop) {
    loop.restart();
    loop.poll();
    const OutsideWork& outside = OutsideWork::of(loop);
    if (sleepers_.empty() || loop.stopped()) return false;
    if (outside.programs > 0)
        pass_time(loop);
    else if (outside.jobs > 0)
        return false;
    else
        wake_first(loop);
    return true;
}

/// On the machine's steady clock, until something has happened or the first sleeper is due.
void ManualClock::pass_time(asio::io_context& loop) {
    using Steady = std::chrono::steady_clock;
    const Duration most = std::chrono::hours(1);  // a sleeper at the end of all time overflows
    const auto due = sleepers_.begin()->first;
    const auto begin = Steady::now();
    loop.run_one_for(std::min(due - now_, most));
    now_ += std::chrono::duration_cast<Duration>(Steady::now() - begin);
    if (!sleepers_.empty() && sleepers_.begin()->first <= now_) wake_first(loop);
}

void ManualClock::wake_first(asio::io_context& loop) {
    const auto first = sleepers_.begin();
    now_ = std::max(now_, first->first);
    first->second.set();
    loop.restart();
    loop.poll();
}

}  // namespace trommel
