// IoPool: where calls block, on files and databases, so that the loop thread never does.
#pragma once

#include "trommel/runtime/worker_pool.hpp"

#include <asio/thread_pool.hpp>

#include <functional>
#include <utility>

namespace trommel {

/// A few threads for work that waits for a disk. Computing belongs in a CpuPool. See on_io.
class IoPool final : public WorkerPool {
public:
    explicit IoPool(unsigned threads = 4);
    ~IoPool() override;

    void post(std::function<void()> job) override;

private:
    asio::thread_pool threads_;
};

/// As on_cpu, for work that blocks: `co_await on_io(io, work, args...)`.
template <typename Work, typename... Args>
auto on_io(IoPool& pool, Work work, Args... args) {
    return detail::start_hop(pool, std::move(work), std::move(args)...);
}

}  // namespace trommel
