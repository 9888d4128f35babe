// The Host of a request.
#pragma once

#include <string_view>

namespace trommel::http {

/// Whether the text is `uri-host [ ":" port ]` (RFC 9110, section 7.2; RFC 3986, section 3.2.2): a
/// name, which may be empty, an IPv4 address, or an IPv6 address in brackets; a port up to 65535.
bool is_host(std::string_view text);

}  // namespace trommel::http
