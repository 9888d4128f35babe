#include "trommel/pipeline/stage/effects.hpp"

#include <fmt/format.h>

namespace trommel {

asio::awaitable<EffectResult> Effects::once(std::string name, Act act, IsThere is_there) const {
    const std::string key = marked(scope_ + '/' + name);
    if (auto known = log_->find(key)) {
        const bool found = co_await is_there(*known);
        if (found) co_return EffectResult{*std::move(known), true};
    }
    co_await log_->begun(key);
    std::string result = co_await act(key);
    co_await log_->done(key, result);
    co_return EffectResult{std::move(result), false};
}

std::string Effects::marked(std::string name) const {
    const std::size_t changes = log_->changes();
    return changes == 0 ? name : fmt::format("{} @{}", name, changes);
}

}  // namespace trommel
