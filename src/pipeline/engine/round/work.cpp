// The work of one attempt: its time and its slot of a limit, given back while the stage waits.
#include "pipeline/engine/round/work.hpp"

namespace trommel {

Work::Work(const asio::any_io_executor& executor, Clock& clock, Limiter* limiter, Stopwatch& all)
    : limiter_(limiter), all_(all), watch_(executor, clock) {}

void Work::wait_begins() {
    if (!working_) return;
    working_ = false;
    watch_.stop();
    all_.stop();
    slot_.give_back();
}

asio::awaitable<void> Work::wait_ends() {
    if (limiter_ != nullptr) {
        if (!begun_) co_await limiter_->begin();
        begun_ = true;
        slot_ = co_await limiter_->slot();
    }
    working_ = true;
    watch_.start();
    all_.start();
}

}  // namespace trommel
