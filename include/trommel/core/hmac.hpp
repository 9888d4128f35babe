// HMAC: proof that who wrote a text knows a key.
#pragma once

#include <string>
#include <string_view>

namespace trommel {

/// HMAC-SHA-256 (RFC 2104) of `text`: 32 bytes, no text. Throws Error if OpenSSL does not give it.
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace trommel
