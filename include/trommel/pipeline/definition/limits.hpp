#pragma once

#include "trommel/runtime/limiter.hpp"

#include <map>
#include <string>

namespace trommel {

/// The limits that stages of a run share, by their names under `limits:`.
class Limits {
public:
    /// The clock outlives them.
    Limits(const asio::any_io_executor& executor,
           Clock& clock,
           const std::map<std::string, Limit>& limits) {
        for (const auto& [name, limit] : limits)
            limiters_.try_emplace(name, executor, clock, limit);
    }

    /// The limit called `name`, or null.
    Limiter* find(const std::string& name) {
        const auto found = limiters_.find(name);
        return found == limiters_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string, Limiter> limiters_;
};

}  // namespace trommel
