#include "trommel/http/client.hpp"

#include "http/canned_server.hpp"
#include "http/live_server.hpp"
#include "support/run.hpp"
#include "trommel/runtime/nursery.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace trommel::test {
namespace {

using namespace std::chrono_literals;
using http::Client;
using http::ClientOptions;
using http::Request;
using http::Response;

constexpr std::uint64_t all = 1 << 30;

/// What `work(client)` gives, with a client on a loop of its own.
template <typename Work>
auto with_client(Work work, ClientOptions options = {}) {
    asio::io_context loop(1);
    Client client(loop.get_executor(), std::move(options));
    return run(loop, work(client));
}

Request made(std::string method, std::string body = "") {
    Request request;
    request.method = std::move(method);
    request.body = http::Body(std::move(body));
    return request;
}

asio::awaitable<std::string> fetch(Client& client, std::string url, std::string method = "GET") {
    Response response = co_await client.send(http::parse_url(url), made(std::move(method)));
    std::string body = co_await response.body.read_all(all);
    co_return std::to_string(response.status) + " " + body;
}

std::string get(const std::string& url, ClientOptions options = {}) {
    return with_client([&](Client& client) { return fetch(client, url); }, std::move(options));
}

/// `count` pieces of 64 KiB.
class Flood final : public http::BodySource {
public:
    explicit Flood(std::size_t count) : left_(count) {}
    asio::awaitable<std::string> next() override {
        if (left_ == 0) co_return std::string();
        --left_;
        co_return std::string(64 * 1024, 'x');
    }

private:
    std::size_t left_;
};

}  // namespace

TEST_CASE("a client gets text, streams and packed bodies", "[http]") {
    LiveServer server;
    CHECK(get(server.url("/echo?a")) == "200 GET /echo?a ");
    CHECK(get(server.url("/stream")) == "200 one two three");
    CHECK(get(server.url("/sized")) == "200 one two");
    CHECK(get(server.url("/no-content")) == "204 ");
    CHECK(get(server.url("/teapot")) == "418 short and stout\n");
    const auto large = get(server.url("/large"));
    CHECK(large.size() == 4 + 588'890);
    CHECK(large.ends_with("\n99998\n99999\n"));
}

TEST_CASE("a connection is used again once its answer has been read", "[http]") {
    LiveServer server;
    const auto twice = [&](Client& client) -> asio::awaitable<void> {
        for (const auto* path : {"/stream", "/large", "/echo", "/no-content", "/teapot"}) {
            co_await fetch(client, server.url(path));
            CHECK(client.idle_connections() == 1);
        }
        Response unread = co_await client.send(http::parse_url(server.url("/stream")), made("GET"));
        CHECK(client.idle_connections() == 0);
        unread = {};
        CHECK(client.idle_connections() == 0);
    };
    with_client(twice);
}

TEST_CASE("bodies are sent whole, in chunks or by their length", "[http]") {
    LiveServer server;
    const auto post = [&](Client& client) -> asio::awaitable<void> {
        const auto echo = http::parse_url(server.url("/echo"));
        Response response = co_await client.send(echo, made("PUT", "text"));
        const std::string echoed = co_await response.body.read_all(all);
        CHECK(echoed == "PUT /echo text");

        Request streamed = made("POST");
        streamed.body = http::Body(std::make_unique<Flood>(160));
        const auto size = http::parse_url(server.url("/size"));
        response = co_await client.send(size, std::move(streamed));
        const std::string counted = co_await response.body.read_all(all);
        CHECK(counted == std::to_string(160 * 64 * 1024));

        Request short_one = made("POST");
        short_one.body = http::Body(std::make_unique<Pieces>(std::vector<std::string>{"ab"}, 3));
        CHECK(client.idle_connections() == 1);
        std::string said;
        try {
            co_await client.send(size, std::move(short_one));
        } catch (const Error& error) {
            said = error.what();
        }
        CHECK(said == "a body of 3 bytes was announced, but 2 came");
        CHECK(client.idle_connections() == 0);
    };
    with_client(post);
}

TEST_CASE("an answer that comes before the request has gone ends the sending", "[http]") {
    http::ServerOptions options;
    options.limits.body_bytes = 1000;
    LiveServer server(std::move(options));
    const auto post = [&](Client& client) -> asio::awaitable<unsigned> {
        Request request = made("POST");
        request.body = http::Body(std::make_unique<Flood>(100'000));
        Response response =
            co_await client.send(http::parse_url(server.url("/size")), std::move(request));
        co_return response.status;
    };
    CHECK(with_client(post) == 413);
}

TEST_CASE("HEAD has no body, whatever it says of one", "[http]") {
    LiveServer server;
    const auto head = [&](Client& client) -> asio::awaitable<void> {
        const std::string large = co_await fetch(client, server.url("/large"), "HEAD");
        CHECK(large == "200 ");
        CHECK(client.idle_connections() == 1);
        const std::string sized = co_await fetch(client, server.url("/sized"), "HEAD");
        CHECK(sized == "200 ");
    };
    with_client(head);
}

TEST_CASE("a connection that the server has ended meanwhile is replaced", "[http]") {
    http::ServerOptions options;
    options.limits.idle = 100ms;
    LiveServer server(std::move(options));
    const auto later = [&](Client& client) -> asio::awaitable<void> {
        for (const auto* method : {"GET", "POST", "GET"}) {
            const std::string answer = co_await fetch(client, server.url("/echo"), method);
            CHECK(answer.starts_with("200 "));
            asio::steady_timer timer(co_await asio::this_coro::executor, 400ms);
            co_await timer.async_wait(asio::use_awaitable);
        }
    };
    with_client(later);
}

TEST_CASE("an unreachable, silent or broken server is a failure that may pass", "[http]") {
    std::uint16_t port = 0;
    {
        LiveServer server;
        port = server.port();
    }
    const auto gone = "http://127.0.0.1:" + std::to_string(port) + "/?token=secret";
    CHECK_THROWS_AS(get(gone), TransientError);
    CHECK_THROWS_WITH(get(gone), Catch::Contains("cannot connect: Connection refused"));
    CHECK_THROWS_WITH(get(gone), !Catch::Contains("secret"));
    CHECK_THROWS_AS(get("http://no-such-host.invalid/"), TransientError);

    ClientOptions hasty;
    hasty.answer = 100ms;
    hasty.body = 100ms;
    LiveServer server;
    CHECK_THROWS_AS(get(server.url("/slow"), hasty), TransientError);
    CHECK_THROWS_WITH(get(server.url("/slow"), hasty), Catch::Contains("too slow"));
    CHECK_THROWS_AS(get(server.url("/broken")), TransientError);
    CHECK_THROWS_AS(get(server.url("/short")), TransientError);
    for (const std::string answer :
         {"",
          "HTTP/1.1 200 OK\r\nContent-Le",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
        INFO(answer);
        CannedServer canned({answer});
        CHECK_THROWS_AS(get(canned.url()), TransientError);
    }
}

TEST_CASE("an answer that is not HTTP is an error", "[http]") {
    for (const std::string answer :
         {"hello\r\n\r\n",
          "HTTP/2 200\r\n\r\n",
          "HTTP/1.1 20 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n",
          "HTTP/1.1 101 Switching Protocols\r\n\r\n"}) {
        INFO(answer);
        CannedServer canned({answer});
        std::string said;
        try {
            get(canned.url());
        } catch (const TransientError&) {
            said = "transient";
        } catch (const Error& error) {
            said = error.what();
        }
        CHECK(said.starts_with(canned.url().substr(0, canned.url().size() - 1) + ": "));
    }
    CannedServer endless({"HTTP/1.1 200 OK\r\nA: " + std::string(200'000, 'a')});
    CHECK_THROWS_WITH(get(endless.url()), Catch::Contains("the head is larger"));
}

TEST_CASE("interim answers are passed over, and a body may end with the connection", "[http]") {
    CannedServer canned(
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
         "HTTP/1.1 200 OK\r\n\r\nto the end",
         "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc"});
    CHECK(get(canned.url() + "a?b") == "200 to the end");
    CHECK(get(canned.url()) == "200 abc");
    CHECK(canned.asked().at(0) ==
          "GET /a?b HTTP/1.1\r\nHost: " + canned.url().substr(7, canned.url().size() - 8) +
              "\r\nUser-Agent: trommel\r\nAccept-Encoding: gzip\r\n\r\n");
}

TEST_CASE("more requests than connections wait for their turn", "[http]") {
    LiveServer server;
    ClientOptions options;
    options.connections = 2;
    const auto many = [&](Client& client) -> asio::awaitable<void> {
        const auto one = [&]() -> asio::awaitable<void> {
            const std::string answer = co_await fetch(client, server.url("/echo"));
            CHECK(answer == "200 GET /echo ");
        };
        auto start = [&](Nursery& nursery) -> asio::awaitable<void> {
            for (int i = 0; i < 20; ++i) nursery.start(one());
            co_return;
        };
        co_await with_nursery(std::move(start));
        CHECK(client.idle_connections() <= 2);
    };
    with_client(many, options);
}

TEST_CASE("a body outlives its client", "[http]") {
    LiveServer server;
    asio::io_context loop(1);
    const auto read = [&]() -> asio::awaitable<std::string> {
        Response response;
        {
            Client client(loop.get_executor());
            response = co_await client.send(http::parse_url(server.url("/large")), made("GET"));
        }
        const std::string body = co_await response.body.read_all(all);
        co_return body.substr(0, 4);
    };
    CHECK(run(loop, read()) == "0\n1\n");
}

TEST_CASE("a header that would begin another is never sent", "[http]") {
    const auto send = [](Client& client) -> asio::awaitable<void> {
        LiveServer server;
        Request request = made("GET");
        request.headers.add("A", "b\r\nC: d");
        co_await client.send(http::parse_url(server.url("/echo")), std::move(request));
    };
    CHECK_THROWS_WITH(with_client(send), Catch::Contains("'A'"));
}

TEST_CASE("Retry-After is seconds or a date", "[http]") {
    const auto now = std::chrono::system_clock::from_time_t(784'111'777);  // the RFC's example
    const auto wait = [&](const std::string& text) {
        return http::retry_after({{"Retry-After", text}}, now);
    };
    CHECK(wait("120") == 120s);
    CHECK(wait("0") == 0s);
    CHECK(wait("Sun, 06 Nov 1994 08:50:37 GMT") == 60s);
    CHECK(wait("Sun, 06 Nov 1994 08:48:37 GMT") == 0s);
    CHECK_FALSE(wait("soon"));
    CHECK_FALSE(wait("-1"));
    CHECK_FALSE(wait("1.5"));
    CHECK_FALSE(http::retry_after({}, now));
}

}  // namespace trommel::test
