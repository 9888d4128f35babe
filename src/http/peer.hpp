// Peers: the IP addresses of those who ask, also from behind proxies.
#pragma once

#include "trommel/http/message.hpp"

#include <asio/ip/address.hpp>

#include <string>
#include <vector>

namespace trommel::http {

/// As text. An address of version 4 reads the same whichever kind of socket it came by.
std::string peer_of(const asio::ip::address& address);

/// Whose connections count together: the address, or the /64 of one of version 6, of which a single
/// host has them all.
std::string network_of(const asio::ip::address& address);

/// For whom `peer` asks, if it is one of the `trusted` proxies: the last address in
/// X-Forwarded-For that is none of them. What a proxy says that is not an address ends the list
/// there, for what appears before it may be anybody's invention.
std::string client_behind(const std::string& peer,
                          const Headers& headers,
                          const std::vector<std::string>& trusted);

}  // namespace trommel::http
