// OutsideWork: what a loop waits for that time does not bring: jobs on pools, other programs.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>

#include <cstddef>

namespace trommel {

/// One a loop, counted on the loop. A clock that skips time uses it, because only where nothing
/// works can nothing but time go on.
class OutsideWork final : public asio::execution_context::service {
public:
    static asio::execution_context::id id;

    explicit OutsideWork(asio::execution_context& loop) : service(loop) {}

    static OutsideWork& of(asio::execution_context& loop);
    static OutsideWork& of(const asio::any_io_executor& executor);

    std::size_t jobs = 0;      ///< on pools
    std::size_t programs = 0;  ///< that run

private:
    void shutdown() override {}
};

}  // namespace trommel
