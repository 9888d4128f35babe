// WorkerPool: threads beside the loop, and the hop of a coroutine's work to them and back.
#pragma once

#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/outcome.hpp"

#include <asio/awaitable.hpp>

#include <functional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

namespace trommel {

/// Threads that run jobs. It waits for them when destroyed, so declare it after the io_context
/// that the waiting coroutines run on.
class WorkerPool {
public:
    WorkerPool() = default;
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    virtual ~WorkerPool() = default;

    /// Runs `job`, which does not throw, on one of the threads.
    virtual void post(std::function<void()> job) = 0;
};

namespace detail {

template <typename Work, typename... Args>
inline constexpr bool takes_stop_token = std::is_invocable_v<Work&, std::stop_token, Args...>;

template <typename Work, typename... Args>
auto call(Work& work, const std::stop_token& stop, std::tuple<Args...>& args) {
    const auto unpacked = [&](Args&... each) {
        if constexpr (takes_stop_token<Work, Args...>)
            return std::invoke(work, stop, std::forward<Args>(each)...);
        else
            return std::invoke(work, std::forward<Args>(each)...);
    };
    return std::apply(unpacked, args);
}

/// Runs `job` on the pool and resumes the caller on its own executor, whose run() stays busy
/// meanwhile. Cancellation requests `stop`; the job is always awaited.
asio::awaitable<void> offload(WorkerPool& pool, std::function<void()> job, std::stop_source stop);

template <typename Result, typename Work, typename... Args>
asio::awaitable<Result> hop(WorkerPool& pool, Work work, std::tuple<Args...> args) {
    std::stop_source stop;
    Outcome<Result> outcome;
    const auto body = [&] { return call(work, stop.get_token(), args); };
    std::function<void()> job = [&] {
        if (!stop.stop_requested()) outcome.capture(body);
    };
    co_await offload(pool, std::move(job), stop);

    // Work that saw the request to stop may have returned half a result.
    const bool stopped = takes_stop_token<Work, Args...> && stop.stop_requested();
    if (stopped || outcome.empty()) throw_cancelled();
    co_return outcome.take();
}

/// The contract of on_cpu and on_io.
template <typename Work, typename... Args>
auto start_hop(WorkerPool& pool, Work work, Args... args) {
    using Result = decltype(call(work, std::stop_token(), std::declval<std::tuple<Args...>&>()));
    std::tuple<Args...> packed(std::move(args)...);
    return hop<Result>(pool, std::move(work), std::move(packed));
}

}  // namespace detail
}  // namespace trommel
