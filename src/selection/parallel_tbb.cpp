#include "selection/parallel.hpp"

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

namespace trommel::selection {

void in_parallel(std::size_t count,
                 std::size_t grain,
                 const std::function<void(std::size_t begin, std::size_t end)>& body) {
    if (count <= grain) {
        if (count > 0) body(0, count);
        return;
    }
    const tbb::blocked_range<std::size_t> all(0, count, std::max<std::size_t>(grain, 1));
    const auto part = [&](const tbb::blocked_range<std::size_t>& range) {
        body(range.begin(), range.end());
    };
    // While it waits for its parts, this thread takes up no other work of the arena.
    tbb::this_task_arena::isolate([&] { tbb::parallel_for(all, part); });
}

std::size_t concurrency() {
    return static_cast<std::size_t>(std::max(1, tbb::this_task_arena::max_concurrency()));
}

void with_threads(unsigned threads, const std::function<void()>& work) {
    if (threads == 0) return work();
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    tbb::task_arena arena(static_cast<int>(threads));
    arena.execute([&] { work(); });
}

}  // namespace trommel::selection
