#include "trommel/runtime/worker_pool.hpp"

#include "trommel/runtime/outside_work.hpp"

#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>
#include <asio/use_awaitable.hpp>

#include <memory>

namespace trommel::detail {
namespace {

/// Starts the job of one suspended coroutine, whose `resume` is called on its own executor.
struct StartJob {
    template <typename Resume>
    void operator()(Resume resume,
                    WorkerPool* pool,
                    std::function<void()> job,
                    std::stop_source stop) const {
        auto slot = asio::get_associated_cancellation_slot(resume);
        if (slot.is_connected())
            slot.assign([stop](asio::cancellation_type) mutable { stop.request_stop(); });

        // Tracked work keeps run() from returning while only the pool is busy.
        auto loop = asio::prefer(asio::get_associated_executor(resume),
                                 asio::execution::outstanding_work_t::tracked);
        auto shared = std::make_shared<Resume>(std::move(resume));
        OutsideWork& outside = OutsideWork::of(loop);
        ++outside.jobs;
        pool->post([job = std::move(job), loop, &outside, shared = std::move(shared)]() mutable {
            job();
            asio::post(loop, [&outside, shared = std::move(shared)] {
                --outside.jobs;
                std::move (*shared)();
            });
        });
    }
};

}  // namespace

asio::awaitable<void> offload(WorkerPool& pool, std::function<void()> job, std::stop_source stop) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        StartJob(), asio::use_awaitable, &pool, std::move(job), std::move(stop));
}

}  // namespace trommel::detail
