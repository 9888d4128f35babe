#include "http/live_server.hpp"
#include "http/raw_client.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {
namespace {

struct Case {
    std::string what;
    std::string bytes;
    std::string status;
};

std::string post(const std::string& fields, const std::string& body) {
    return "POST /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

const std::vector<Case>& malformed() {
    static const std::vector<Case> cases = {
        {"no HTTP", "hello\r\n\r\n", "400"},
        {"HTTP/0.9", "GET /\r\n\r\n", "400"},
        {"HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"},
        {"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
        {"TLS to a plain port", "\x16\x03\x01\x02\x01\x01\x02\x03\r\n\r\n", "400"},
        {"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a bare line feed", "GET / HTTP/1.1\nHost: a\n\n", "400"},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", "400"},
        {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        {"a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"},
        {"a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "400"},
        {"a NUL in a field", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29), "400"},
        {"a truncated head", "GET / HTTP/1.1\r\nHos", "400"},
        {"a truncated body", post("Content-Length: 5\r\n", "abc"), "400"},
        {"both lengths", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "abc"), "400"},
        {"both lengths, turned",
         post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
         "400"},
        {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), "400"},
        {"the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), "400"},
        {"a list of lengths", post("Content-Length: 3, 3\r\n", "abc"), "400"},
        {"a negative length", post("Content-Length: -3\r\n", "abc"), "400"},
        {"a signed length", post("Content-Length: +3\r\n", "abc"), "400"},
        {"a hexadecimal length", post("Content-Length: 0x3\r\n", "abc"), "400"},
        {"a length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n", "abc"), "400"},
        {"a body that is too large", post("Content-Length: 99999999999\r\n", "abc"), "413"},
        {"an unknown coding", post("Transfer-Encoding: zip\r\n", "abc"), "501"},
        {"chunked, then another", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), "501"},
        {"another, then chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "501"},
        {"chunked twice",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         "400"},
        {"chunked in HTTP/1.0",
         "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "400"},
        {"a chunk of no size",
         post("Transfer-Encoding: chunked\r\n", "\r\nabc\r\n0\r\n\r\n"),
         "400"},
        {"a chunk of a size that is no number",
         post("Transfer-Encoding: chunked\r\n", "xyz\r\nabc\r\n0\r\n\r\n"),
         "400"},
        {"a chunk of a negative size",
         post("Transfer-Encoding: chunked\r\n", "-3\r\nabc\r\n0\r\n\r\n"),
         "400"},
        {"a chunk of a size beyond 64 bits",
         post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc\r\n"),
         "400"},
        {"a chunk that is longer than it says",
         post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"),
         "400"},
        {"a truncated chunk", post("Transfer-Encoding: chunked\r\n", "3\r\nab"), "400"},
        {"chunks without the last", post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"), "400"},
        {"a chunk's line without an end",
         post("Transfer-Encoding: chunked\r\n", "3;" + std::string(100'000, 'a')),
         "400"},
        {"a trailer without an end",
         post("Transfer-Encoding: chunked\r\n", "0\r\nA: " + std::string(100'000, 'a')),
         "400"},
        {"a body in an unknown packing",
         post("Content-Encoding: br\r\nContent-Length: 3\r\n", "abc"),
         "415"},
        {"a body that is no gzip",
         post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"),
         "400"},
        {"an unknown expectation", post("Expect: miracles\r\nContent-Length: 3\r\n", "abc"), "417"},
        {"a target that is too long",
         "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
         "431"},
        {"a field that is too long",
         "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(100'000, 'a') + "\r\n\r\n",
         "431"},
    };
    return cases;
}

}  // namespace

TEST_CASE("a request that breaks the rules gets its 4xx or 5xx and the server lives on", "[http]") {
    LiveServer server;
    for (const auto& [what, bytes, status] : malformed()) {
        INFO(what);
        const auto answer = answer_to(server.port(), bytes);
        CHECK(status_of(answer) == status);
        // A body in a wrong packing still ends where it says.
        const bool in_step = bytes.find("Content-Encoding") != std::string::npos;
        CHECK((answer.find("\r\nConnection: close\r\n") == std::string::npos) == in_step);
    }
    CHECK(status_of(answer_to(server.port(), post("Content-Length: 3\r\n", "abc"))) == "200");
    server.stop();
    CHECK(server.failures().empty());
}

TEST_CASE("a malformed request is refused however its bytes are cut", "[http]") {
    LiveServer server;
    for (const auto& [what, bytes, status] : malformed()) {
        if (bytes.size() > 1000) continue;
        INFO(what);
        RawClient client(server.port());
        for (const char byte : bytes) client.say({&byte, 1});
        CHECK(status_of(client.finish().all()) == status);
    }
}

TEST_CASE("a head of many small fields is bounded as a whole", "[http]") {
    LiveServer server;
    RawClient client(server.port());
    client.say("GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 2000; ++i)
        client.say("Field-" + std::to_string(i) + ": 0123456789012345678901234567890\r\n");

    CHECK(status_of(client.all()) == "431");
}

TEST_CASE("what follows a refused request is not taken for another one", "[http]") {
    LiveServer server;
    const auto answer =
        answer_to(server.port(),
                  post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") +
                      "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");

    CHECK(status_of(answer) == "400");
    CHECK(answer.find("GET /echo") == std::string::npos);
}

TEST_CASE("fields of a trailer change nothing", "[http]") {
    LiveServer server;
    const auto answer =
        answer_to(server.port(),
                  post("Transfer-Encoding: chunked\r\nConnection: close\r\n",
                       "3;name=\"value\"\r\nabc\r\n0\r\nContent-Type: text/html\r\n\r\n"));

    CHECK(status_of(answer) == "200");
    CHECK(answer.ends_with("POST /echo abc"));
}

}  // namespace trommel::test
