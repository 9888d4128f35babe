// Text in lines that people and machines read: logs and the audit log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trommel::server {

/// More of a text than this is not written.
inline constexpr std::size_t most_of_text = 2048;

/// Adds the text as it may appear between the quotes of a JSON string. Controls, also those of
/// terminals and line ends beyond ASCII, are escaped; bytes that are not UTF-8 appear as `\\xE9`.
void append_escaped(std::string& line, std::string_view text);

/// The same for words that appear without quotes.
void append_words(std::string& line, std::string_view text);

/// `"text"`, escaped.
void append_quoted(std::string& line, std::string_view text);

}  // namespace trommel::server
