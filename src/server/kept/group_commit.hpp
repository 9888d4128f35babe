// GroupCommit: calls that wait for the disk at the same time wait for one sync together.
#pragma once

#include "trommel/runtime/keyed_lock.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <utility>

namespace trommel::server {

/// One loop only; outlives those who wait.
class GroupCommit {
public:
    /// `sync` returns once everything that was written before its call would survive a power
    /// failure.
    explicit GroupCommit(std::function<asio::awaitable<void>()> sync) : sync_(std::move(sync)) {}

    /// Returns once what the caller has written would survive a power failure. Throws what `sync`
    /// throws.
    asio::awaitable<void> wait();

private:
    std::function<asio::awaitable<void>()> sync_;
    KeyedLock locks_;
    std::uint64_t asked_ = 0;
    std::uint64_t synced_ = 0;  ///< how many of those who asked
};

}  // namespace trommel::server
