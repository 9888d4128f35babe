// on_cpu: computes beside the loop and comes back to it.
#pragma once

#include "trommel/runtime/cpu_pool.hpp"
#include "trommel/runtime/worker_pool.hpp"

#include <utility>

namespace trommel {

/// `auto sum = co_await on_cpu(cpu, add, a, b);` runs `work(args...)` on the pool, resumes on the
/// caller's loop, and gives what it returns or throws there.
///
/// Pass data as arguments, by value or std::ref, and not as captures: g++ 12 destroys a capturing
/// lambda in a co_await statement twice, so a lambda that captures is named before the statement.
/// If `work` accepts a std::stop_token first, it gets one that cancelling the coroutine triggers,
/// and the result of stopped work is replaced by operation_aborted. Other work runs to its end,
/// unless it had not begun. Either way the coroutine waits until the work has ended.
template <typename Work, typename... Args>
auto on_cpu(CpuPool& pool, Work work, Args... args) {
    return detail::start_hop(pool, std::move(work), std::move(args)...);
}

}  // namespace trommel
