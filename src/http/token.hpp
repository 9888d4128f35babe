// Tokens of header fields (RFC 9110, section 5.6).
#pragma once

#include <string>
#include <string_view>

namespace trommel::http {

/// Of ASCII, whatever the locale.
bool is_letter_or_digit(char c);

/// Without the spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// The same but for the case of ASCII letters.
bool same_token(std::string_view a, std::string_view b);

/// Whether `value`, a list between commas, gives `coding` a weight above 0, as itself or as `*`
/// (RFC 9110, section 12.4.3): 'gzip;q=0.5, br'.
bool accepts(std::string_view value, std::string_view coding);

/// Whether `value`, a list between commas, has `word`, whatever its case.
bool has_word(std::string_view value, std::string_view word);

/// A letter, a digit or one of some signs (RFC 9110, section 5.6.2).
bool is_token_char(char c);

/// Whether it may be written as a field's name: letters, digits and some signs.
bool is_field_name(std::string_view text);
/// Whether it may be written as a field's value: no line breaks, no other control characters.
bool is_field_value(std::string_view text);

}  // namespace trommel::http
