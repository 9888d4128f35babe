#include "trommel/pipeline/effects.hpp"

namespace trommel {

asio::awaitable<EffectResult> Effects::once(std::string name, Act act) const {
    const std::string key = scope_ + '/' + name;
    if (auto known = log_->find(key)) co_return EffectResult{*std::move(known), true};
    co_await log_->begun(key);
    std::string result = co_await act(key);
    co_await log_->done(key, result);
    co_return EffectResult{std::move(result), false};
}

}  // namespace trommel
