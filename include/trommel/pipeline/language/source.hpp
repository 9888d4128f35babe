// Texts that people write for trommel, and places in them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace trommel {

/// A stretch of one line of a text. Lines and columns count from 1, columns and the length in
/// characters, not bytes. Line 0 is not a place: the whole file is meant.
struct Place {
    std::size_t line = 0;
    std::size_t column = 0;
    std::size_t length = 0;
    std::uint32_t file = 0;  ///< the number of its text; see SourceText

    // NOLINTNEXTLINE(modernize-use-nullptr): taken for a null pointer is the 0 of the rewritten <
    friend auto operator<=>(const Place&, const Place&) = default;
};

/// A text under the name that messages call it by, usually its path.
struct SourceText {
    std::string name{};
    std::string text{};
    std::uint32_t number = 0;  ///< among the texts that are read together; 0 is the main one
};

/// The longest text that is read at all, in bytes: 1 MiB, which is some 20,000 lines. For the worst
/// of texts that parse_yaml goes on with, libfyaml takes 80 times as much memory.
inline constexpr std::size_t max_source_bytes = std::size_t{1} << 20;

/// The file's text. Throws ConfigError when it cannot be read or has more than max_source_bytes,
/// of which it reads no more than it needs to know.
SourceText load_source(const std::filesystem::path& path);

}  // namespace trommel
