#include "trommel/selection/strategy_choice.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::selection {
std::string to_text(const StrategySettings& settings) {
    std::string text;
    for (const auto& [name, value] : settings)
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
    return text;
}

StrategySettings parse_settings(std::string_view text) {
    StrategySettings settings;
    while (!text.empty()) {
        const auto one = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const auto equals = one.find('=');
        if (equals == std::string_view::npos)
            throw DataError(fmt::format("'{}' is not a setting of a strategy", one));
        settings.emplace(one.substr(0, equals), one.substr(equals + 1));
    }
    return settings;
}

}  // namespace trommel::selection
