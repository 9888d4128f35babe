#include "http/host.hpp"

#include "http/token.hpp"

#include <asio/ip/address_v6.hpp>

#include <charconv>
#include <cstdint>

namespace trommel::http {
namespace {

constexpr std::string_view name_signs = "-._~!$&'()*+;=";

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// *( unreserved / pct-encoded / sub-delims ), without the comma: it would join two fields.
bool is_name(std::string_view text) {
    while (!text.empty()) {
        const bool is_encoded =
            text.front() == '%' && text.size() >= 3 && is_hex(text[1]) && is_hex(text[2]);
        const bool is_plain = is_letter_or_digit(text.front()) ||
                              name_signs.find(text.front()) != std::string_view::npos;
        if (!is_encoded && !is_plain) return false;
        text.remove_prefix(is_encoded ? 3 : 1);
    }
    return true;
}

bool is_ip_6_address(std::string_view text) {
    std::error_code error;
    asio::ip::make_address_v6(text, error);
    return !error;
}

/// Empty, or `:` and at most a port, which may be left out.
bool is_port(std::string_view text) {
    if (text.empty()) return true;
    if (text.front() != ':') return false;
    text.remove_prefix(1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return text.empty() || (error == std::errc{} && end == text.data() + text.size());
}

}  // namespace

bool is_host(std::string_view text) {
    if (!text.starts_with('[')) {
        const auto colon = text.find(':');
        return is_name(text.substr(0, colon)) &&
               (colon == std::string_view::npos || is_port(text.substr(colon)));
    }
    const auto end = text.find(']');
    return end != std::string_view::npos && is_ip_6_address(text.substr(1, end - 1)) &&
           is_port(text.substr(end + 1));
}

}  // namespace trommel::http
