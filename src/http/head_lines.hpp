// Lines of heads, read by the grammar of RFC 9112 and RFC 9110 alone: what only some readers take
// is refused, so that no two of them see different messages. Each throws MessageError.
#pragma once

#include "http/head.hpp"

#include <string_view>

namespace trommel::http {

/// `GET /path HTTP/1.1`, between single spaces; the target is visible ASCII and has one of the four
/// forms of RFC 9112, section 3.2. Another version is refused with 505.
void read_request_line(std::string_view line, Head& head);

/// `HTTP/1.1 200 OK`; the reason may be missing with the space before it, as servers have it.
void read_status_line(std::string_view line, Head& head);

/// `Name: value`. A line that goes on with the one before it is refused (RFC 9112, section 5.2).
Headers::Field read_field(std::string_view line);

/// Refuses a field that may not appear in a trailer, as it says where a message ends, how it is
/// routed or read, or who asks (RFC 9110, section 6.5.1).
void check_trailer_field(const Headers::Field& field);

}  // namespace trommel::http
