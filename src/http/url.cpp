#include "trommel/http/url.hpp"

#include "http/token.hpp"
#include "trommel/core/error.hpp"

#include <asio/ip/address_v6.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace trommel::http {
namespace {

constexpr std::string_view unreserved_signs = "-._~";

/// Printable ASCII without the space: what may appear in a request's first line.
bool is_visible(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_host_name(std::string_view host) {
    const auto fits = [](char c) {
        return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
    };
    return !host.empty() && std::all_of(host.begin(), host.end(), fits);
}

bool is_ip_6(std::string_view host) {
    std::error_code error;
    asio::ip::make_address_v6(host, error);
    return !error;
}

[[noreturn]] void refuse(std::string_view what) {
    throw Error(
        fmt::format("not a URL that can be used: {}; expected https://host:port/path", what));
}

bool take_scheme(std::string_view& text) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!text.starts_with(scheme)) continue;
        text.remove_prefix(scheme.size());
        return scheme == "https://";
    }
    refuse("it begins with neither http:// nor https://");
}

std::uint16_t parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        refuse(fmt::format("'{}' is not a port", text));
    return port;
}

void parse_authority(std::string_view text, Url& url) {
    if (text.find('@') != std::string_view::npos) refuse("it holds a user or a password");
    const bool bracketed = text.starts_with('[');
    const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == std::string_view::npos) refuse("the address has no closing bracket");
    url.host = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
    if (bracketed ? !is_ip_6(url.host) : !is_host_name(url.host))
        refuse(fmt::format("'{}' is not a host", url.host));
    text.remove_prefix(bracketed ? end + 1 : end);
    url.port = url.tls ? 443 : 80;
    if (text.empty()) return;
    if (!text.starts_with(':')) refuse("there is more than a port after the host");
    url.port = parse_port(text.substr(1));
}

}  // namespace

std::string Url::authority() const {
    std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (tls ? 443 : 80)) text += fmt::format(":{}", port);
    return text;
}

std::string Url::origin() const { return (tls ? "https://" : "http://") + authority(); }

Url parse_url(std::string_view text) {
    Url url;
    if (!is_visible(text)) refuse("it holds a space or a character beyond ASCII");
    url.tls = take_scheme(text);
    text = text.substr(0, text.find('#'));
    const auto end = std::min(text.find_first_of("/?"), text.size());
    parse_authority(text.substr(0, end), url);
    text.remove_prefix(end);
    url.target = text;
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    return url;
}

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (is_letter_or_digit(c) || unreserved_signs.find(c) != std::string_view::npos)
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace trommel::http
