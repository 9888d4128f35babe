#include "server/wire/agent.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace trommel::server {

namespace {

using Version = std::array<int, 3>;

constexpr Version first_to_take_the_first{1, 2, 34};

/// The version at the beginning of `text`: three numbers with points between.
std::optional<Version> parse_version(std::string_view text) {
    Version version{};
    for (auto& number : version) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.starts_with('.')) text.remove_prefix(1);
    }
    return version;
}

}  // namespace

Agent parse_agent(std::string_view user_agent) {
    constexpr std::string_view name = "Lightly/";
    if (user_agent.starts_with(name)) {
        const auto version = parse_version(user_agent.substr(name.size()));
        return {.newest_first = version && *version >= first_to_take_the_first,
                .may_score_unlabeled = false};
    }
    return {.newest_first = false,
            .may_score_unlabeled = user_agent.starts_with("Swagger-Codegen/")};
}

}  // namespace trommel::server
