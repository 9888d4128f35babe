// UTF-8: what is text, and how bytes that are none are shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trommel {

/// One character and how many bytes encode it.
struct Utf8Character {
    std::uint32_t code = 0;
    std::size_t bytes = 1;
};

/// The character at the head of `text`, or nothing if none is encoded there, or only a part of it.
/// The Unicode Standard 15.0, table 3-7: no surrogates, nothing longer than it must be.
std::optional<Utf8Character> decode_utf8(std::string_view text);

/// Adds the character to `text`; `code` is one that decode_utf8 gives.
void append_utf8(std::string& text, std::uint32_t code);

bool is_valid_utf8(std::string_view text);

/// `text` if it is UTF-8. Else each byte that belongs to no character is four characters,
/// `\xE9`: what is wrong is seen, and two texts that differ still do. A text goes through it
/// unchanged the second time.
std::string valid_utf8(std::string_view text);

/// The same with other characters in front of the two digits than `\x`.
std::string valid_utf8(std::string_view text, std::string_view escape);

}  // namespace trommel
