// JSON text: the one way in which JSON is written, so that whatever is written can be read.
//
// A text of ours may hold any bytes: a file's name, a message, what a program wrote. JSON is UTF-8,
// and readers refuse all of it for one byte. So a byte that belongs to no character is written as
// the text `\xE9` (see utf8.hpp), and a number that is not finite, for which JSON has no word, as
// null.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace trommel {

/// The value on one line. Never boost::json::serialize, which writes any bytes and NaN as they are.
std::string json_text(const boost::json::value& value);

/// The value as text for people: two blanks a level, one member a line, no newline at the end.
std::string indented(const boost::json::value& value);

/// Adds `text` in quotes.
void append_json_string(std::string& out, std::string_view text);

/// `text` in quotes.
std::string json_string(std::string_view text);

}  // namespace trommel
