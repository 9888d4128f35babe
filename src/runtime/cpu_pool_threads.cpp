#include "trommel/runtime/cpu_pool.hpp"

#include <asio/post.hpp>
#include <asio/thread_pool.hpp>

#include <algorithm>
#include <cassert>
#include <thread>

namespace trommel {

struct CpuPool::Workers {
    asio::thread_pool pool;
};

CpuPool::CpuPool(unsigned threads) : threads_(threads), workers_(new Workers{threads}) {
    assert(threads > 0);
}

CpuPool::~CpuPool() { workers_->pool.join(); }

unsigned CpuPool::default_threads() {
    return std::max(2U, std::thread::hardware_concurrency()) - 1;
}

void CpuPool::post(std::function<void()> job) { asio::post(workers_->pool, std::move(job)); }

void parallel_for(std::size_t count,
                  std::size_t /*grain*/,
                  const std::function<void(std::size_t begin, std::size_t end)>& body) {
    if (count > 0) body(0, count);
}

}  // namespace trommel
