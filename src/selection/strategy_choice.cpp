#include "trommel/selection/strategy_choice.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace trommel::selection {
namespace {

std::string with_case(std::string text, int (*change)(int)) {
    std::ranges::transform(
        text, text.begin(), [&](unsigned char c) { return static_cast<char>(change(c)); });
    return text;
}

}  // namespace

std::string strategy_name(SamplingMethod method) {
    return with_case(to_string(method), std::tolower);
}

std::optional<SamplingMethod> method_of(std::string_view strategy) {
    const auto method = parse_sampling_method(with_case(std::string(strategy), std::toupper));
    if (!method || strategy_name(*method) != strategy) return std::nullopt;
    return method;
}

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
            throw DataError(fmt::format("'{}' is no setting of a strategy", one));
        settings.emplace(one.substr(0, equals), one.substr(equals + 1));
    }
    return settings;
}

}  // namespace trommel::selection
