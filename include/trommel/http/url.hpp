// URLs of HTTP (RFC 3986, RFC 9110 section 4.2), and text within them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trommel::http {

struct Url {
    bool tls = false;    ///< https
    std::string host{};  ///< a name or an IP address, without brackets
    std::uint16_t port = 80;
    std::string target = "/";  ///< path and query

    /// 'https://host:port'; the port only where it is not the scheme's own.
    std::string origin() const;
    /// 'host:port', as the Host field has it.
    std::string authority() const;
};

/// `text` is 'http://' or 'https://', a host, and what may follow; a fragment is left out. Throws
/// Error that says what is wrong, without the path and query, which may hold a secret. A user or a
/// password is refused: they would show up in logs.
Url parse_url(std::string_view text);

/// For a path segment or a query value: all but letters, digits and '-._~' as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace trommel::http
