#include "trommel/runtime/keyed_lock.hpp"

#include "trommel/runtime/cancellation.hpp"

#include <asio/this_coro.hpp>

namespace trommel {

asio::awaitable<KeyedLock::Lock> KeyedLock::take(std::string key) {
    for (auto other = taken_.find(key); other != taken_.end(); other = taken_.find(key)) {
        const std::shared_ptr<Event> event = other->second;
        co_await event->wait();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (detail::is_cancelled(state)) detail::throw_cancelled();
    }
    const auto executor = co_await asio::this_coro::executor;
    taken_.emplace(key, std::make_shared<Event>(executor));
    co_return Lock(*this, std::move(key));
}

void KeyedLock::end(const std::string& key) noexcept {
    const auto own = taken_.find(key);
    own->second->set();
    taken_.erase(own);
}

}  // namespace trommel
