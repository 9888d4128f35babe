// What would do about a text that is not YAML.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trommel {

/// Where the innermost bracket that is still open appears.
struct OpenBracket {
    char bracket = '{';
    std::size_t line = 0;
    std::size_t column = 0;
};

/// A hint on `cron: */5 * * * *`, which YAML takes for an alias.
inline constexpr std::string_view star_advice =
    "a text that begins with '*' needs quotes: '*/5 * * * *'";

/// A hint on the parser's complaint `message` about byte `offset` of `text`; may be empty.
std::string yaml_advice(std::string_view message,
                        std::string_view text,
                        std::size_t offset,
                        const std::optional<OpenBracket>& open);

}  // namespace trommel
