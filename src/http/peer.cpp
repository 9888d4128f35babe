#include "http/peer.hpp"

#include "http/token.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace trommel::http {
namespace {

bool is_one_of(const std::vector<std::string>& trusted, const std::string& peer) {
    return std::find(trusted.begin(), trusted.end(), peer) != trusted.end();
}

/// All fields of the name as one list, in the order in which proxies added to it.
std::string forwarded_for(const Headers& headers) {
    std::string all;
    for (const auto& field : headers)
        if (same_token(field.name, "X-Forwarded-For")) all += "," + field.value;
    return all;
}

std::optional<std::string> parsed_peer(std::string_view text) {
    std::error_code error;
    const auto address = asio::ip::make_address(std::string(trimmed(text)), error);
    if (error) return std::nullopt;
    return peer_of(address);
}

}  // namespace

std::string peer_of(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

std::string network_of(const asio::ip::address& address) {
    if (address.is_v4() || address.to_v6().is_v4_mapped()) return peer_of(address);
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6(bytes).to_string();
}

std::string client_behind(const std::string& peer,
                          const Headers& headers,
                          const std::vector<std::string>& trusted) {
    if (!is_one_of(trusted, peer)) return peer;
    const auto all = forwarded_for(headers);
    std::string_view rest = all;
    std::string client = peer;
    while (!rest.empty() && is_one_of(trusted, client)) {
        const auto comma = rest.rfind(',');
        auto hop = parsed_peer(rest.substr(comma + 1));
        if (!hop) break;
        client = *std::move(hop);
        rest = rest.substr(0, comma);
    }
    return client;
}

}  // namespace trommel::http
