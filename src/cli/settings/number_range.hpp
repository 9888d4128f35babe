// Which numbers an option takes, said in words that a person would use.
#pragma once

#include "trommel/core/text.hpp"

#include <CLI/Validators.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>

namespace trommel::cli {

/// A whole number from `least`. Refuses a sign too, which CLI11 would wrap around.
inline CLI::Validator whole_from(std::uint64_t least) {
    const auto fault = [least](std::string& text) -> std::string {
        std::uint64_t value = 0;
        const auto* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc{} && stop == end && value >= least) return {};
        return fmt::format("'{}' is not a whole number of at least {}", text, least);
    };
    return {fault, ""};
}

/// A whole number from `least` to `most`, both included.
inline CLI::Validator whole_between(std::uint64_t least, std::uint64_t most) {
    const auto fault = [least, most](std::string& text) -> std::string {
        std::uint64_t value = 0;
        const auto* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc{} && stop == end && value >= least && value <= most) return {};
        return fmt::format("'{}' is not a whole number from {} to {}", text, least, most);
    };
    return {fault, ""};
}

/// A share, of which none is nothing.
inline CLI::Validator a_share() {
    const auto fault = [](std::string& text) -> std::string {
        const auto value = parse_number(text);
        if (value && *value > 0 && *value <= 1) return {};
        return fmt::format("'{}' is not a share; give a share above 0 and at most 1", text);
    };
    return {fault, ""};
}

/// A number from `least`.
inline CLI::Validator number_from(double least) {
    const auto fault = [least](std::string& text) -> std::string {
        const auto value = parse_number(text);
        if (value && *value >= least) return {};
        return fmt::format("'{}' is not a number of at least {}", text, least);
    };
    return {fault, ""};
}

}  // namespace trommel::cli
