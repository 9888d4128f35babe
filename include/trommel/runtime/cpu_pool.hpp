// CpuPool: where computing happens, so that the loop thread never computes.
#pragma once

#include "trommel/runtime/worker_pool.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace trommel {

/// Threads for work that computes; it neither blocks nor waits for other work. See on_cpu.
///
/// A oneTBB task_arena, or with the build option TROMMEL_CPU_POOL=threads plain threads, which
/// ThreadSanitizer can see through.
class CpuPool final : public WorkerPool {
public:
    /// Runs `threads`, 1 or more, jobs at a time.
    explicit CpuPool(unsigned threads);
    ~CpuPool() override;

    /// One less than the cores, which leaves one to the loop; at least 1.
    static unsigned default_threads();

    unsigned threads() const { return threads_; }
    void post(std::function<void()> job) override;

private:
    struct Workers;

    unsigned threads_;
    std::unique_ptr<Workers> workers_;
};

/// Inside a job of a CpuPool: calls `body(begin, end)` for ranges that together are [0, count),
/// each about `grain` long or longer, on all of the pool's threads at once. Rethrows what `body`
/// throws. How the ranges are cut differs from run to run: a result must not depend on it.
void parallel_for(std::size_t count,
                  std::size_t grain,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

}  // namespace trommel
