#include "platform/embedded/pick_keeper.hpp"

#include <utility>

namespace trommel::embedded {

PickKeeper::PickKeeper(store::Store& store,
                       IoPool& store_thread,
                       JobId job,
                       std::size_t kept,
                       std::chrono::milliseconds every)
    : store_(store),
      store_thread_(store_thread),
      job_(std::move(job)),
      every_(every),
      kept_(kept),
      next_(Clock::now() + every) {}

void PickKeeper::add(const selection::Pick& pick) {
    {
        const std::lock_guard lock(mutex_);
        not_kept_.push_back(pick);
        // One at a time: while the store is locked, they would queue up before all other calls.
        if (on_its_way_ || Clock::now() < next_) return;
        on_its_way_ = true;
    }
    send();
}

void PickKeeper::send() {
    store_thread_.post([self = shared_from_this()] { self->write(); });
}

void PickKeeper::write() {
    std::size_t written = 0;
    try {
        const auto picks = not_kept();
        store_.keep_picks(job_, kept_, picks);
        written = picks.size();
    } catch (const std::exception&) {
        // Nothing of them was written; the next time takes them along.
    }
    note_kept(written);
}

std::vector<selection::Pick> PickKeeper::not_kept() {
    const std::lock_guard lock(mutex_);
    return not_kept_;
}

void PickKeeper::note_kept(std::size_t count) {
    kept_ += count;
    const std::lock_guard lock(mutex_);
    not_kept_.erase(not_kept_.begin(), not_kept_.begin() + static_cast<std::ptrdiff_t>(count));
    on_its_way_ = false;
    next_ = Clock::now() + every_;
}

}  // namespace trommel::embedded
