// Plain threads, which ThreadSanitizer can see through.
#include "selection/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace trommel::selection {
namespace {

thread_local std::size_t threads_here = 2;

/// The first exception of several threads.
class Failure {
public:
    void keep() {
        const std::lock_guard lock(mutex_);
        if (!first_) first_ = std::current_exception();
    }
    void rethrow() const {
        if (first_) std::rethrow_exception(first_);
    }

private:
    std::mutex mutex_;
    std::exception_ptr first_;
};

}  // namespace

void in_parallel(std::size_t count,
                 std::size_t grain,
                 const std::function<void(std::size_t begin, std::size_t end)>& body) {
    grain = std::max<std::size_t>(grain, 1);
    std::atomic<std::size_t> next = 0;
    Failure failure;
    const auto work = [&] {
        try {
            for (auto begin = next.fetch_add(grain); begin < count; begin = next.fetch_add(grain))
                body(begin, std::min(begin + grain, count));
        } catch (...) {
            failure.keep();
        }
    };
    const auto helpers = std::min(threads_here, (count + grain - 1) / grain);
    {
        std::vector<std::jthread> running;
        for (std::size_t i = 1; i < helpers; ++i) running.emplace_back(work);
        work();
    }
    failure.rethrow();
}

std::size_t concurrency() { return threads_here; }

void with_threads(unsigned threads, const std::function<void()>& work) {
    const auto before = threads_here;
    if (threads > 0) threads_here = threads;
    work();
    threads_here = before;
}

}  // namespace trommel::selection
