// The text of messages' heads.
#pragma once

#include "trommel/http/message.hpp"

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace trommel::http {

/// 'HTTP/1.1 404 Not Found' and its line break.
void append_status_line(std::string& text, unsigned status);
/// Throws Error if one of them could not be read back as it is, as with a line break in it.
void append_field(std::string& text, std::string_view name, std::string_view value);
void append_field(std::string& text, std::string_view name, std::uint64_t value);
/// All but those that say where the body ends and whether the connection goes on.
void append_fields(std::string& text, const Headers& headers);
/// The line before a chunk of `size` bytes.
std::string chunk_line(std::size_t size);

/// 'Sun, 06 Nov 1994 08:49:37 GMT' (RFC 9110, section 5.6.7).
std::string http_date(std::time_t time);
/// Nothing if it is not of this form.
std::optional<std::time_t> parse_http_date(std::string_view text);

}  // namespace trommel::http
