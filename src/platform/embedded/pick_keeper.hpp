// PickKeeper: what a running job has chosen, on its way from the thread that selects to the store.
#pragma once

#include "trommel/runtime/io_pool.hpp"
#include "trommel/store/store.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace trommel::embedded {

/// Brings a job's new picks into the store now and then, so that a crash loses little.
///
/// The selecting thread adds and sends, and never waits for the store, whose own thread writes. The
/// store outlives that thread. Picks that cannot be written, because the store is locked or full,
/// are tried again with the next ones; what is wrong is said at the end of the job.
class PickKeeper : public std::enable_shared_from_this<PickKeeper> {
public:
    /// The store has the first `kept` picks of the job.
    PickKeeper(store::Store& store,
               IoPool& store_thread,
               JobId job,
               std::size_t kept,
               std::chrono::milliseconds every);

    void add(const selection::Pick& pick);
    /// Sends what was added at once.
    void send();

private:
    using Clock = std::chrono::steady_clock;

    void write();
    std::vector<selection::Pick> not_kept();
    void note_kept(std::size_t count);

    store::Store& store_;
    IoPool& store_thread_;
    JobId job_;
    std::chrono::milliseconds every_;
    std::size_t kept_;  ///< of the store's thread

    std::mutex mutex_;  ///< for what follows
    std::vector<selection::Pick> not_kept_;
    bool on_its_way_ = false;
    Clock::time_point next_;
};

}  // namespace trommel::embedded
