#pragma once

#include "trommel/pipeline/stage/stage.hpp"
#include "trommel/runtime/limiter.hpp"
#include "trommel/runtime/stopwatch.hpp"

namespace trommel {

/// The work of one attempt: what is counted and held while it goes on, and neither while the stage
/// waits for other stages. It begins waiting.
class Work final : public WaitObserver {
public:
    /// `limiter` may be null. `all` counts the stage's work in the round. Both outlive it.
    Work(const asio::any_io_executor& executor, Clock& clock, Limiter* limiter, Stopwatch& all);
    ~Work() override { wait_begins(); }

    void wait_begins() override;
    asio::awaitable<void> wait_ends() override;

    /// Of this attempt.
    Stopwatch& watch() { return watch_; }

private:
    Limiter* limiter_;
    Stopwatch& all_;
    Stopwatch watch_;
    Limiter::Slot slot_;
    bool begun_ = false;
    bool working_ = false;
};

}  // namespace trommel
