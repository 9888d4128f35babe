#include "trommel/runtime/cpu_pool.hpp"

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace trommel {

struct CpuPool::Workers {
    struct Task;

    // No slot is reserved for an application thread: the loop never enters the arena.
    explicit Workers(unsigned threads) : arena(static_cast<int>(threads), 0) {
        if (static_cast<int>(threads) < tbb::info::default_concurrency()) return;
        more_threads.emplace(tbb::global_control::max_allowed_parallelism, threads + 1);
    }

    void begin() {
        const std::lock_guard lock(mutex);
        ++running;
    }

    void end() {
        // Notified under the lock: the destructor may free it as soon as it sees zero.
        const std::lock_guard lock(mutex);
        if (--running == 0) idle.notify_all();
    }

    void wait() {
        std::unique_lock lock(mutex);
        idle.wait(lock, [this] { return running == 0; });
    }

    std::optional<tbb::global_control> more_threads;  ///< TBB keeps to cores - 1 by itself
    tbb::task_arena arena;
    std::mutex mutex;
    std::condition_variable idle;
    std::size_t running = 0;
};

CpuPool::CpuPool(unsigned threads) : threads_(threads), workers_(new Workers(threads)) {
    assert(threads > 0);
}

CpuPool::~CpuPool() { workers_->wait(); }

unsigned CpuPool::default_threads() {
    return std::max(2U, std::thread::hardware_concurrency()) - 1;
}

/// A job in the arena, whose tasks are called as constants.
struct CpuPool::Workers::Task {
    void operator()() const {
        job();
        job = nullptr;  // what it holds may need the loop, which the pool's destructor lets go
        workers->end();
    }

    Workers* workers;
    mutable std::function<void()> job;
};

void CpuPool::post(std::function<void()> job) {
    workers_->begin();
    workers_->arena.enqueue(Workers::Task{workers_.get(), std::move(job)});
}

void parallel_for(std::size_t count,
                  std::size_t grain,
                  const std::function<void(std::size_t begin, std::size_t end)>& body) {
    const tbb::blocked_range<std::size_t> all(0, count, std::max<std::size_t>(grain, 1));
    const auto part = [&](const tbb::blocked_range<std::size_t>& range) {
        body(range.begin(), range.end());
    };
    // While it waits for its parts, this thread takes up no other job of the pool.
    tbb::this_task_arena::isolate([&] { tbb::parallel_for(all, part); });
}

}  // namespace trommel
