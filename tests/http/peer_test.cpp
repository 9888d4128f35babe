#include "http/peer.hpp"

#include "http/live_server.hpp"
#include "http/raw_client.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {
namespace {

using http::client_behind;
using http::Headers;

std::string peer_told(std::uint16_t port, const std::string& fields) {
    const auto answer =
        answer_to(port, "GET /peer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n");
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

}  // namespace

TEST_CASE("a request says which address it came from", "[http]") {
    LiveServer server;

    CHECK(peer_told(server.port(), "") == "127.0.0.1");
    CHECK(peer_told(server.port(), "X-Forwarded-For: 192.0.2.1\r\n") == "127.0.0.1");
}

TEST_CASE("an address of version 4 reads the same on a socket of version 6", "[http]") {
    http::ServerOptions options;
    options.address = "::";
    LiveServer server(std::move(options));

    CHECK(peer_told(server.port(), "") == "127.0.0.1");
}

TEST_CASE("a proxy that is trusted says for whom it asks", "[http]") {
    http::ServerOptions options;
    options.trusted_proxies = {"127.0.0.1"};
    LiveServer server(std::move(options));

    CHECK(peer_told(server.port(), "") == "127.0.0.1");
    CHECK(peer_told(server.port(), "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(peer_told(server.port(), "X-Forwarded-For: 2001:DB8::1\r\n") == "2001:db8::1");
}

TEST_CASE("the peer is the last hop that is not trusted, whatever appears before it", "[http]") {
    const std::vector<std::string> trusted{"10.0.0.1", "10.0.0.2"};
    const auto behind = [&](const std::string& value) {
        return client_behind("10.0.0.1", {{"X-Forwarded-For", value}}, trusted);
    };
    CHECK(behind("6.6.6.6, 192.0.2.1") == "192.0.2.1");
    CHECK(behind("192.0.2.1, 10.0.0.2") == "192.0.2.1");
    CHECK(behind("192.0.2.1,10.0.0.2 , 10.0.0.1") == "192.0.2.1");
    CHECK(behind("192.0.2.1, unknown") == "10.0.0.1");
    CHECK(behind("unknown, 192.0.2.1") == "192.0.2.1");
    CHECK(behind("") == "10.0.0.1");
    CHECK(client_behind("10.0.0.1",
                        {{"X-Forwarded-For", "192.0.2.1"}, {"x-forwarded-for", "10.0.0.2"}},
                        trusted) == "192.0.2.1");
    CHECK(client_behind("10.0.0.9", {{"X-Forwarded-For", "192.0.2.1"}}, trusted) == "10.0.0.9");
}

}  // namespace trommel::test
