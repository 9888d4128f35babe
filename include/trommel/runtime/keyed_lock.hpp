// KeyedLock: who works on a key, where only one may at a time.
#pragma once

#include "trommel/runtime/event.hpp"

#include <asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace trommel {

/// One loop only; outlives its owner.
class KeyedLock {
public:
    /// Whose turn it is, until it dies.
    class Lock {
    public:
        Lock(KeyedLock& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
        Lock(Lock&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
        Lock& operator=(Lock&&) = delete;
        ~Lock() {
            if (owner_ != nullptr) owner_->end(key_);
        }

    private:
        KeyedLock* owner_;
        std::string key_;
    };

    /// Waits until nobody else works on this key.
    asio::awaitable<Lock> take(std::string key);

private:
    void end(const std::string& key) noexcept;

    std::map<std::string, std::shared_ptr<Event>> taken_;  ///< and what rings at the end of each
};

}  // namespace trommel
