// Shared: what several answers read at once is in memory once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace trommel::server {

/// Keeps nothing alive: what nobody reads any more is gone. One loop only.
template <typename T>
class Shared {
public:
    /// None if nobody reads it.
    std::shared_ptr<const T> find(const std::string& key) const {
        const auto found = values_.find(key);
        return found == values_.end() ? nullptr : found->second.lock();
    }

    std::shared_ptr<const T> add(const std::string& key, T value) {
        std::erase_if(values_, [](const auto& entry) { return entry.second.expired(); });
        auto shared = std::make_shared<const T>(std::move(value));
        values_[key] = shared;
        return shared;
    }

private:
    std::map<std::string, std::weak_ptr<const T>> values_;
};

}  // namespace trommel::server
