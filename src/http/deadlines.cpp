#include "http/deadlines.hpp"

#include <asio/steady_timer.hpp>

#include <optional>
#include <unordered_set>
#include <utility>

namespace trommel::http {

struct Deadlines::State {
    std::optional<asio::steady_timer> timer;  ///< none: Deadlines died
    std::chrono::milliseconds tick;
    std::unordered_set<Waiter*> waiters{};
    bool watching = false;

    /// Ends what has waited for too long; whether anything waits.
    bool look();
};

Deadlines::Deadlines(const asio::any_io_executor& executor, std::chrono::milliseconds tick)
    : state_(std::make_shared<State>(State{asio::steady_timer(executor), tick})) {}

Deadlines::~Deadlines() { state_->timer.reset(); }

void Deadlines::add(Waiter& waiter) { state_->waiters.insert(&waiter); }

void Deadlines::remove(Waiter& waiter) { state_->waiters.erase(&waiter); }

void Deadlines::wake() {
    if (state_->watching) return;
    state_->watching = true;
    watch(state_);
}

bool Deadlines::State::look() {
    bool any = false;
    const auto now = std::chrono::steady_clock::now();
    for (Waiter* const waiter : waiters) {
        any = any || waiter->due != Time::max();
        if (waiter->due <= now) waiter->expire();
    }
    return any;
}

void Deadlines::watch(std::shared_ptr<State> state) {
    auto& timer = *state->timer;
    timer.expires_after(state->tick);
    timer.async_wait([state = std::move(state)](const std::error_code&) mutable {
        if (!state->timer) return;
        state->watching = state->look();
        if (state->watching && state->timer) watch(std::move(state));
    });
}

}  // namespace trommel::http
