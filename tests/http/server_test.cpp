#include "trommel/http/server.hpp"

#include "http/live_server.hpp"
#include "http/raw_client.hpp"
#include "support/shell.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace trommel::test {
namespace {

using namespace std::chrono_literals;

std::string get(const std::string& path, const std::string& fields = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string last_get(const std::string& path, const std::string& fields = "") {
    return get(path, fields + "Connection: close\r\n");
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string body_of(const std::string& answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "no body in: " + answer : answer.substr(end + 4);
}

/// What the shell line prints; the test fails if it fails.
std::string output(const std::string& line) {
    const auto [status, text] = shell(line);
    INFO(line << ": " << text);
    CHECK(status == 0);
    return text;
}

}  // namespace

TEST_CASE("a server answers with the handler's status, fields and body", "[http]") {
    LiveServer server;
    const auto answer = answer_to(server.port(), last_get("/echo?a=b"));

    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(holds(answer, "\r\nContent-Type: text/plain\r\n"));
    CHECK(holds(answer, "\r\nContent-Length: 14\r\n"));
    CHECK(holds(answer, "\r\nDate: "));
    CHECK(body_of(answer) == "GET /echo?a=b ");
}

TEST_CASE("a connection is kept for the next request", "[http]") {
    LiveServer server;
    RawClient client(server.port());
    CHECK(client.say(get("/echo")).until("GET /echo ").starts_with("HTTP/1.1 200"));
    CHECK(client.say(get("/echo?2")).until("GET /echo?2 ").starts_with("HTTP/1.1 200"));
    CHECK(body_of(client.say(last_get("/echo?3")).all()) == "GET /echo?3 ");
}

TEST_CASE("pipelined requests are answered in order", "[http]") {
    LiveServer server;
    const auto text =
        answer_to(server.port(),
                  get("/slow") + "POST /echo?1 HTTP/1.1\r\nHost: a\r\n" +
                      "Content-Length: 3\r\n\r\nabc" + get("/echo?2") + last_get("/no"));
    const auto slow = text.find("slow");
    const auto first = text.find("POST /echo?1 abc");
    const auto second = text.find("GET /echo?2 ");
    const auto last = text.find("HTTP/1.1 500");
    CHECK(slow < first);
    CHECK(first < second);
    CHECK(second < last);
    CHECK(last != std::string::npos);
}

TEST_CASE("a body of unknown length goes in chunks", "[http]") {
    LiveServer server;
    const auto answer = answer_to(server.port(), last_get("/stream"));
    CHECK(holds(answer, "\r\nTransfer-Encoding: chunked\r\n"));
    CHECK_FALSE(holds(answer, "Content-Length"));
    CHECK(body_of(answer) == "4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n");
    CHECK(body_of(answer_to(server.port(), last_get("/empty-stream"))) == "0\r\n\r\n");
    CHECK(body_of(answer_to(server.port(), last_get("/sized"))) == "one two");
}

TEST_CASE("a client of HTTP/1.0 gets no chunks", "[http]") {
    LiveServer server;
    const auto answer = answer_to(server.port(), "GET /stream HTTP/1.0\r\n\r\n");
    CHECK_FALSE(holds(answer, "Transfer-Encoding"));
    CHECK(body_of(answer) == "one two three");

    RawClient client(server.port());
    client.say("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(holds(client.until("GET /echo "), "\r\nConnection: keep-alive\r\n"));
    client.say("GET /echo?2 HTTP/1.0\r\n\r\n");
    CHECK(holds(client.all(), "\r\nConnection: close\r\n"));
}

TEST_CASE("a body that breaks off can be told from a whole one", "[http]") {
    LiveServer server;
    const auto broken = answer_to(server.port(), get("/broken"));
    CHECK(holds(broken, "one "));
    CHECK_FALSE(holds(broken, "0\r\n\r\n"));
    const auto cut = answer_to(server.port(), get("/short"));
    CHECK(holds(cut, "\r\nContent-Length: 7\r\n"));
    CHECK(body_of(cut).substr(0, 4) == "one ");
    CHECK(body_of(answer_to(server.port(), get("/long"))).substr(0, 5) == "one ");
    CHECK(status_of(answer_to(server.port(), get("/broken-at-once"))) == "500");
    server.stop();
    CHECK(server.failures() ==
          std::vector<std::string>{"the source broke",
                                   "a body of 7 bytes was announced, but 4 came",
                                   "a body of 5 bytes was announced, but 7 came",
                                   "the source broke"});
}

TEST_CASE("HEAD has the fields of GET and no body", "[http]") {
    LiveServer server;
    RawClient client(server.port());
    client.say("HEAD /sized HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(holds(client.until("\r\n\r\n"), "\r\nContent-Length: 7\r\n"));
    client.say("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(holds(client.until("\r\n\r\n"), "\r\nTransfer-Encoding: chunked\r\n"));
    client.say("HEAD /teapot HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(body_of(client.all()).empty());
}

TEST_CASE("what a handler throws is answered", "[http]") {
    LiveServer server;
    RawClient client(server.port());
    CHECK(client.say(get("/teapot")).until("short and stout\n").starts_with("HTTP/1.1 418"));
    const auto failed = client.say(last_get("/nothing")).all();
    CHECK(status_of(failed) == "500");
    CHECK_FALSE(holds(failed, "secret"));
    CHECK(status_of(answer_to(server.port(), last_get("/header"))) != "200");
    server.stop();
    CHECK(server.failures().at(0) == "secret detail of /nothing");
    CHECK(holds(server.failures().at(1), "X-Bad"));
}

TEST_CASE("refusals are worded as the options say", "[http]") {
    http::ServerOptions options;
    options.refusal = [](unsigned status, const std::string&) {
        http::Response response;
        response.status = status;
        response.body = http::Body("{\"code\":" + std::to_string(status) + "}");
        return response;
    };
    LiveServer server(std::move(options));
    CHECK(body_of(answer_to(server.port(), "nonsense\r\n\r\n")) == "{\"code\":400}");
    CHECK(body_of(answer_to(server.port(), last_get("/teapot"))) == "{\"code\":418}");
}

TEST_CASE("no content has no length", "[http]") {
    LiveServer server;
    const auto answer = answer_to(server.port(), last_get("/no-content"));
    CHECK(answer.starts_with("HTTP/1.1 204 No Content\r\n"));
    CHECK_FALSE(holds(answer, "Content-Length"));
    CHECK(body_of(answer).empty());
}

TEST_CASE("a client is told to go on only when its body is wanted", "[http]") {
    LiveServer server;
    const std::string expecting =
        " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    RawClient client(server.port());
    client.say("POST /echo" + expecting);
    CHECK(client.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(client.say("abc").until("POST /echo abc").starts_with("HTTP/1.1 200"));

    RawClient unwanted(server.port());
    const auto answer = unwanted.say("POST /ignore" + expecting).all();
    CHECK(status_of(answer) == "200");
    CHECK(holds(answer, "\r\nConnection: close\r\n"));
}

TEST_CASE("a small body that the handler left is skipped, a large one ends the connection",
          "[http]") {
    LiveServer server;
    const auto post = [](std::size_t size) {
        return "POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
               "\r\n\r\n" + std::string(size, 'x');
    };
    RawClient client(server.port());
    CHECK(client.say(post(60'000)).until("ignored").starts_with("HTTP/1.1 200"));
    const auto answer = client.say(post(10'000'000)).all();
    CHECK(status_of(answer) == "200");
    CHECK(holds(answer, "\r\nConnection: close\r\n"));
}

TEST_CASE("a body larger than the limit is refused in every form", "[http]") {
    http::ServerOptions options;
    options.limits.body_bytes = 1000;
    LiveServer server(std::move(options));
    const std::string start = "POST /size HTTP/1.1\r\nHost: a\r\n";
    const std::string chunk = "200\r\n" + std::string(512, 'x') + "\r\n";
    CHECK(status_of(answer_to(server.port(), start + "Content-Length: 1001\r\n\r\n")) == "413");
    CHECK(status_of(answer_to(server.port(),
                              start + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk)) ==
          "413");
    const std::string curl =
        "head -c 100000 /dev/zero | gzip | curl -s --data-binary @- -H "
        "'Content-Encoding: gzip' -o /dev/null -w '%{http_code}' ";
    CHECK(output(curl + server.url("/size")) == "413");
}

TEST_CASE("curl gets, posts, packs and unpacks", "[http]") {
    LiveServer server;
    CHECK(output("curl -s --compressed -D - " + server.url("/large") +
                 " | head -20 | grep -i '^content-encoding: gzip'")
              .size() > 5);
    CHECK(output("curl -s --compressed " + server.url("/large") + " | sha256sum") ==
          output("seq 0 99999 | sha256sum"));
    CHECK(output("curl -s " + server.url("/large") + " | sha256sum") ==
          output("seq 0 99999 | sha256sum"));
    CHECK(output("curl -s --compressed " + server.url("/stream")) == "one two three");
    CHECK(output("seq 1000000 | curl -s -T - " + server.url("/size")) == "6888896");
    CHECK(output("seq 1000000 | gzip | curl -s -H 'Content-Encoding: gzip' -T - " +
                 server.url("/size")) == "6888896");
    CHECK(
        output(
            "(seq 3 | gzip; seq 4 | gzip) | curl -s -H 'Content-Encoding: gzip' --data-binary @- " +
            server.url("/size")) == "14");
    CHECK(output("curl -s -I -o /dev/null -w '%{http_code}' " + server.url("/large")) == "200");
    CHECK(output("curl -s -w '%{num_connects}' " + server.url("/sized") + " " +
                 server.url("/sized")) == "one two1one two0");
}

TEST_CASE("Python's http.client does all it can over one connection", "[http]") {
    LiveServer server;
    const std::string script = TROMMEL_SOURCE_DIR "/tests/http/independent_client.py ";
    CHECK(output("python3 " + script + std::to_string(server.port())) == "ok\n");
}

TEST_CASE("a thousand idle connections and ten slow ones leave the server to others", "[http]") {
    http::ServerOptions options;
    options.limits.header = 1s;
    LiveServer server(std::move(options));
    std::vector<RawClient> idle;
    for (int i = 0; i < 1000; ++i) idle.emplace_back(server.port());
    std::vector<RawClient> slow;
    for (int i = 0; i < 10; ++i) slow.emplace_back(server.port()).say("GET / HTTP/1.1\r\nA");

    RawClient client(server.port());
    for (int i = 0; i < 100; ++i) {
        for (auto& each : slow) each.say("a");
        CHECK(client.say(get("/echo")).until("GET /echo ").starts_with("HTTP/1.1 200"));
    }
    for (auto& each : slow) CHECK(status_of(each.all()) == "408");
    CHECK(idle.front().say(get("/echo")).until("GET /echo ").starts_with("HTTP/1.1 200"));
}

TEST_CASE("a request that is slow to come is refused, and an idle connection ends", "[http]") {
    http::ServerOptions options;
    options.limits.idle = 300ms;
    options.limits.header = 200ms;
    options.limits.body = 200ms;
    LiveServer server(std::move(options));

    CHECK(status_of(RawClient(server.port()).say("GET / HT").all()) == "408");
    CHECK(status_of(RawClient(server.port())
                        .say("POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
                        .all()) == "408");
    CHECK(RawClient(server.port()).all().empty());
    RawClient kept(server.port());
    kept.say(get("/echo")).until("GET /echo ");
    CHECK(kept.all().empty());
}

TEST_CASE("a trickle of bytes does not keep a slow request alive", "[http]") {
    http::ServerOptions options;
    options.limits.header = 300ms;
    LiveServer server(std::move(options));
    RawClient client(server.port());
    const auto start = std::chrono::steady_clock::now();
    client.say("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 20; ++i) {
        client.say("A");
        std::this_thread::sleep_for(30ms);
    }
    CHECK(status_of(client.all()) == "408");
    CHECK(std::chrono::steady_clock::now() - start < 3s);
}

TEST_CASE("a client that does not fetch its answer is cut off", "[http]") {
    http::ServerOptions options;
    options.limits.write = 200ms;
    LiveServer server(std::move(options));
    RawClient client(server.port());
    for (int i = 0; i < 40; ++i) client.say(get("/large"));
    std::this_thread::sleep_for(1s);

    CHECK(client.all().size() < std::size_t{40} * 588'890);
}

TEST_CASE("beyond the bound a new connection takes an idle one's place, or is refused", "[http]") {
    http::ServerOptions options;
    options.limits.connections = 2;
    LiveServer server(std::move(options));
    RawClient first(server.port());
    RawClient second(server.port());
    first.say(get("/echo")).until("GET /echo ");
    second.say(get("/echo")).until("GET /echo ");

    RawClient third(server.port());
    third.say(get("/slow"));
    CHECK(first.all().empty());
    second.say(get("/slow"));
    std::this_thread::sleep_for(100ms);
    CHECK(status_of(RawClient(server.port()).all()) == "503");
    CHECK(third.until("slow").starts_with("HTTP/1.1 200"));
}

TEST_CASE("a drain answers what is under way and ends what is idle", "[http]") {
    LiveServer server;
    RawClient idle(server.port());
    idle.say(get("/echo")).until("GET /echo ");
    RawClient busy(server.port());
    busy.say(get("/slow") + get("/echo"));
    std::this_thread::sleep_for(100ms);

    server.drain();
    CHECK(idle.all().empty());
    const auto answer = busy.all();
    CHECK(status_of(answer) == "200");
    CHECK(holds(answer, "\r\nConnection: close\r\n"));
    CHECK(body_of(answer) == "slow");
    CHECK_THROWS(RawClient(server.port()));
}

TEST_CASE("a drain cuts off what takes too long", "[http]") {
    http::ServerOptions options;
    options.limits.drain = 100ms;
    LiveServer server(std::move(options));
    RawClient client(server.port());
    client.say("POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab");
    std::this_thread::sleep_for(50ms);
    const auto start = std::chrono::steady_clock::now();
    server.stop();
    CHECK(std::chrono::steady_clock::now() - start < 2s);
}

TEST_CASE("an address that cannot be had is an error with its name", "[http]") {
    LiveServer server;
    asio::io_context loop;
    Answers answers;
    http::ServerOptions options;
    options.port = server.port();
    CHECK_THROWS_WITH(http::Server(loop.get_executor(), options, answers),
                      Catch::Contains("cannot listen on 127.0.0.1 port"));
    options.address = "localhost";
    CHECK_THROWS_WITH(http::Server(loop.get_executor(), options, answers),
                      "'localhost' is not an IP address to listen on");
    options.address = "127.0.0.1";
    options.port = 0;
    options.tls = http::TlsFiles{"/nowhere/cert.pem", "/nowhere/key.pem"};
    CHECK_THROWS_WITH(http::Server(loop.get_executor(), options, answers),
                      Catch::Contains("/nowhere/cert.pem: cannot be used"));
}

TEST_CASE("a whole URL as target is its path", "[http]") {
    LiveServer server;
    const auto answer = answer_to(
        server.port(), "GET http://a:1/echo?x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(body_of(answer) == "GET /echo?x ");
}

}  // namespace trommel::test
