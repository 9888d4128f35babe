// Base64: bytes as letters, digits, '+' and '/' (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trommel {

/// With '=' at the end where bytes are not a multiple of three.
std::string to_base64(std::string_view bytes);

/// The bytes; nothing if `text` is not a whole base64 with its '='.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace trommel
