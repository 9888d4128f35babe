#pragma once

#include "trommel/pipeline/stage/effects.hpp"

#include <map>
#include <string>

namespace trommel::test {

/// Remembers effects for as long as it lives.
class EffectMemory final : public EffectLog {
public:
    std::optional<std::string> find(const std::string& key) const override {
        const auto found = results_.find(key);
        if (found == results_.end()) return std::nullopt;
        return found->second;
    }
    asio::awaitable<void> begun(std::string) override { co_return; }
    asio::awaitable<void> done(std::string key, std::string result) override {
        results_[std::move(key)] = std::move(result);
        co_return;
    }

private:
    std::map<std::string, std::string> results_;
};

}  // namespace trommel::test
