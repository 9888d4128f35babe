#include "http/deadlines.hpp"

#include <asio/steady_timer.hpp>

#include <unordered_set>
#include <utility>

namespace trommel::http {

struct Deadlines::State {
    asio::steady_timer timer;
    std::chrono::milliseconds tick;
    std::unordered_set<Waiter*> waiters{};
    bool watching = false;
    bool dead = false;
};

Deadlines::Deadlines(asio::any_io_executor executor, std::chrono::milliseconds tick)
    : state_(std::make_shared<State>(State{asio::steady_timer(std::move(executor)), tick})) {}

Deadlines::~Deadlines() {
    state_->dead = true;
    state_->timer.cancel();
}

void Deadlines::add(Waiter& waiter) {
    state_->waiters.insert(&waiter);
    if (!state_->watching) watch(state_);
}

void Deadlines::remove(Waiter& waiter) {
    state_->waiters.erase(&waiter);
    if (state_->waiters.empty()) state_->timer.cancel();  // a loop with nothing to do may end
}

void Deadlines::watch(std::shared_ptr<State> state) {
    state->watching = !state->dead && !state->waiters.empty();
    if (!state->watching) return;
    state->timer.expires_after(state->tick);
    auto& timer = state->timer;
    timer.async_wait([state = std::move(state)](const std::error_code&) mutable {
        const auto now = std::chrono::steady_clock::now();
        for (Waiter* const waiter : state->waiters)
            if (!state->dead && waiter->due <= now) waiter->expire();
        watch(std::move(state));
    });
}

}  // namespace trommel::http
