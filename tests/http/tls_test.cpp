#include "http/live_server.hpp"
#include "http/raw_client.hpp"
#include "support/certificates.hpp"
#include "support/shell.hpp"
#include "trommel/http/client.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {
namespace {

std::string url(const LiveServer& server, const std::string& host, const std::string& path) {
    return "https://" + host + ":" + std::to_string(server.port()) + path;
}

std::string get(const std::string& address, const std::string& ca_file) {
    asio::io_context loop(1);
    http::ClientOptions options;
    options.ca_file = ca_file;
    http::Client client(loop.get_executor(), options);
    const auto fetch = [&]() -> asio::awaitable<std::string> {
        std::string last;
        for (int i = 0; i < 3; ++i) {
            http::Request request;
            http::Response response =
                co_await client.send(http::parse_url(address), std::move(request));
            last = co_await response.body.read_all(1 << 20);
            CHECK(client.idle_connections() == 1);
        }
        co_return last;
    };
    return run(loop, fetch());
}

}  // namespace

TEST_CASE("a client and a server speak TLS, and the client uses the name", "[http]") {
    const Certificates certificates;
    auto options = certificates.server_options();
    options.address = "0.0.0.0";
    LiveServer server(std::move(options));
    const auto ca = certificates.file("ca.pem");

    CHECK(get(url(server, "127.0.0.1", "/echo"), ca) == "GET /echo ");
    CHECK(get(url(server, "localhost", "/large"), ca).size() == 588'890);
    CHECK_THROWS_WITH(get(url(server, "127.0.0.2", "/echo"), ca),
                      Catch::Contains("no trust by TLS"));
    CHECK_THROWS_WITH(get(url(server, "127.0.0.1", "/echo"), ""),
                      Catch::Contains("no trust by TLS"));
    CHECK_THROWS_WITH(get(url(server, "127.0.0.1", "/echo"), "/no/ca.pem"),
                      Catch::Contains("/no/ca.pem: cannot be used"));
}

TEST_CASE("curl speaks TLS 1.2 and 1.3 to a server, and not 1.1", "[http]") {
    const Certificates certificates;
    LiveServer server(certificates.server_options());
    const auto curl = [&](const std::string& words) {
        return shell("curl -s --cacert " + certificates.file("ca.pem") + " " + words + " " +
                     url(server, "localhost", "/echo"));
    };
    CHECK(curl("--tls-max 1.2").output == "GET /echo ");
    CHECK(curl("--tlsv1.3 -d abc").output == "POST /echo abc");
    CHECK(curl("--tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0").code != 0);
}

TEST_CASE("plain bytes to a TLS server end the connection, and it lives on", "[http]") {
    const Certificates certificates;
    auto options = certificates.server_options();
    options.limits.header = std::chrono::milliseconds(200);
    LiveServer server(std::move(options));
    RawClient(server.port()).say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").all();
    RawClient silent(server.port());
    CHECK_FALSE(silent.all().ends_with("..."));

    CHECK(get(url(server, "localhost", "/echo"), certificates.file("ca.pem")) == "GET /echo ");
}

TEST_CASE("a client of TLS refuses a server that speaks plainly", "[http]") {
    LiveServer server;
    CHECK_THROWS_WITH(get(url(server, "127.0.0.1", "/echo"), ""),
                      Catch::Contains("no trust by TLS"));
}

}  // namespace trommel::test
