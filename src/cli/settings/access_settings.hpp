// What the settings of a server say of who may call it, each read and checked alone. Each throws
// ConfigError with a sentence.
#pragma once

#include "trommel/server/options/server_options.hpp"

#include <string>
#include <string_view>

namespace trommel::cli {

/// A token's text, as lower-case SHA-256; `what` is where it came from.
std::string digest_of_token(std::string_view what, std::string_view token);

/// `https://trommel.example.org`, without a slash at its end: scheme, host and perhaps a port.
std::string bare_url(const std::string& text);

/// A name or an address, perhaps with a port.
std::string checked_host(const std::string& text);

/// `50/s`: as many at once as the number says, which fill up again at this rate.
server::Rate parse_limit(const std::string& text);

/// `2027-01-31` or `2027-01-31T12:00`, in UTC unless it says otherwise.
Timestamp parse_expiry(const std::string& text);

}  // namespace trommel::cli
