#include "trommel/runtime/turns.hpp"

#include "trommel/runtime/cancellation.hpp"

#include <asio/this_coro.hpp>

namespace trommel {

asio::awaitable<Turns::Turn> Turns::take(std::string thing) {
    for (auto other = taken_.find(thing); other != taken_.end(); other = taken_.find(thing)) {
        const std::shared_ptr<Bell> bell = other->second;
        co_await bell->wait();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (detail::is_cancelled(state)) detail::throw_cancelled();
    }
    const auto executor = co_await asio::this_coro::executor;
    taken_.emplace(thing, std::make_shared<Bell>(executor));
    co_return Turn(*this, std::move(thing));
}

void Turns::end(const std::string& thing) noexcept {
    const auto own = taken_.find(thing);
    own->second->ring();
    taken_.erase(own);
}

}  // namespace trommel
