// Characters: ASCII's classes, whatever the locale.
#pragma once

namespace trommel {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// What JSON and YAML take for space between tokens.
inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace trommel
