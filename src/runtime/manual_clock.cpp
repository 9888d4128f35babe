#include "trommel/runtime/manual_clock.hpp"

#include "trommel/runtime/cancellation.hpp"

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
    if (sleepers_.empty()) return false;
    const auto first = sleepers_.begin();
    now_ = std::max(now_, first->first);
    first->second.ring();
    loop.restart();
    loop.poll();
    return true;
}

}  // namespace trommel
