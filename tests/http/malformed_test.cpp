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

std::string chunked(const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}

std::string get(const std::string& fields) {
    return "GET /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

/// Lines before a chunk of three bytes that some readers take and RFC 9112 does not.
const std::vector<std::string>& odd_chunk_lines() {
    static const std::vector<std::string> lines{"3\n",
                                                "3;a\n",
                                                "3;a=\"\n",
                                                "3;a=\"\nb\"\r\n",
                                                "3;a=\"\r\nb\"\r\n",
                                                "3;\nabc\r\n",
                                                "3;a=\"\\\n\"\r\n",
                                                "3;a=\"b\r\n",
                                                "3;a=\"b\"c\r\n",
                                                "3;a=\"b\\\r\n",
                                                "3;a='b c'\r\n",
                                                "3;\r\n",
                                                "3;;a\r\n",
                                                "3;=b\r\n",
                                                "3;a=\r\n",
                                                "3;a=b c\r\n",
                                                "3;a=b,c\r\n",
                                                "3;a b\r\n",
                                                "3 a\r\n",
                                                "3,a\r\n",
                                                "3=a\r\n",
                                                "3:a\r\n",
                                                "3 \r\n",
                                                "3\t\r\n",
                                                "3;a \r\n",
                                                " 3\r\n",
                                                "\t3\r\n",
                                                "\r3\r\n",
                                                "3\r\r\n",
                                                "3;a\rb\r\n",
                                                "3;a=\"\rb\"\r\n",
                                                "+3\r\n",
                                                "-3\r\n",
                                                "0x3\r\n",
                                                "0X3\r\n",
                                                "x3\r\n",
                                                "3h\r\n",
                                                "3_0\r\n",
                                                "3.0\r\n",
                                                "3e+0g\r\n",
                                                "\v3\r\n",
                                                "00000000000000003\r\n",
                                                "10000000000000003\r\n",
                                                "fffffffffffffffff\r\n",
                                                std::string("3\0\r\n", 4),
                                                std::string("3;a=\"\0\"\r\n", 9),
                                                "3;a=\"\x01\"\r\n",
                                                "3;a=\"\x7f\"\r\n",
                                                "3;a\x80\r\n",
                                                "\x80\r\n",
                                                "3;" + std::string(5000, 'a') + "\r\n",
                                                "\r\n"};
    return lines;
}

/// Further fields that some readers take and RFC 9112 does not, with the status of the refusal.
const std::vector<Case>& odd_fields() {
    static const std::vector<Case> fields{
        {"a folded field", "A: b\r\n c\r\n", "400"},
        {"a field folded by a tab", "A: b\r\n\tc\r\n", "400"},
        {"a folded length", "Content-Length:\r\n 3\r\n", "400"},
        {"a folded coding", "Transfer-Encoding:\r\n chunked\r\n", "400"},
        {"a line of a space", " \r\n", "400"},
        {"a bare carriage return in a value", "A: b\rc\r\n", "400"},
        {"a bare carriage return before the end", "A: b\r\r\n", "400"},
        {"a bare line feed after a field", "A: b\nContent-Length: 3\r\n", "400"},
        {"a bare line feed that hides a field", "A: b\n\nGET /echo HTTP/1.1\r\nHost: a\r\n", "400"},
        {"a NUL in a name", std::string("A\0B: c\r\n", 9), "400"},
        {"a vertical tab in a value", "A: b\vc\r\n", "400"},
        {"a vertical tab before the colon", "A\v: b\r\n", "400"},
        {"DEL in a value", "A: b\x7f\r\n", "400"},
        {"a tab before the colon", "Content-Length\t: 3\r\n", "400"},
        {"a space in a name", "Content Length: 3\r\n", "400"},
        {"a name beyond ASCII", "Content-L\xc3\xa4nge: 3\r\n", "400"},
        {"a name in quotes", "\"A\": b\r\n", "400"},
        {"a line without a colon", "Content-Length 3\r\n", "400"},
        {"an empty length", "Content-Length: \r\n", "400"},
        {"a length with a fraction", "Content-Length: 3.0\r\n", "400"},
        {"a length with a unit", "Content-Length: 3b\r\n", "400"},
        {"a length with a space", "Content-Length: 1 3\r\n", "400"},
        {"a length with an underscore", "Content-Length: 1_3\r\n", "400"},
        {"a length with a vertical tab", "Content-Length: \v3\r\n", "400"},
        {"a length of 20 digits", "Content-Length: 00000000000000000003\r\n", "400"},
        {"chunked in quotes", "Transfer-Encoding: \"chunked\"\r\n", "501"},
        {"chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n", "501"},
        {"chunked in a list", "Transfer-Encoding: chunked,\r\n", "501"},
        {"identity, then chunked", "Transfer-Encoding: identity, chunked\r\n", "501"},
        {"chunked with a control character", "Transfer-Encoding: \vchunked\r\n", "400"},
        {"an empty coding", "Transfer-Encoding:\r\n", "501"},
        {"a coding of two fields",
         "Transfer-Encoding: chunked\r\nTransfer-encoding: identity\r\n",
         "400"},
        {"two Hosts in two cases", "hOST: b\r\n", "400"},
    };
    return fields;
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
        {"a chunk of a size that is not a number",
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
        {"a body that is not gzip",
         post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"),
         "400"},
        {"an unknown expectation", post("Expect: miracles\r\nContent-Length: 3\r\n", "abc"), "417"},
        {"a target that is too long",
         "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
         "431"},
        {"a tab between method and target", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"two spaces after the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400"},
        {"a space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a method that is not a word", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a version of more digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", "400"},
        {"a version to come", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505"},
        {"a target that is not a path", "GET echo HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a target of another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a target with a fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a target beyond ASCII", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a URL with a user", "GET http://b@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a bare carriage return in the first line", "GET / HTTP/1.1\rHost: a\r\n\r\n", "400"},
        {"a Host that is not a host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
        {"a Host that is two", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "400"},
        {"a chunk that ends by a line feed", chunked("3\r\nabc\n0\r\n\r\n"), "400"},
        {"a chunk that ends by two", chunked("3\r\nabc\n\n0\r\n\r\n"), "400"},
        {"a chunk that ends by a carriage return", chunked("3\r\nabc\r0\r\n\r\n"), "400"},
        {"a last chunk that ends by a line feed", chunked("0\n\r\n"), "400"},
        {"a trailer that ends by a line feed", chunked("0\r\n\n"), "400"},
        {"a folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n"), "400"},
        {"a trailer without a colon", chunked("0\r\nabc\r\n\r\n"), "400"},
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

TEST_CASE("a chunk's line that RFC 9112 does not know is refused, also in the middle", "[http]") {
    LiveServer server;
    const std::string smuggled = "GET /echo?smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const auto& line : odd_chunk_lines()) {
        INFO(line);
        for (const std::string before : {"", "1\r\na\r\n"}) {
            const auto answer =
                answer_to(server.port(), chunked(before + line + "abc\r\n0\r\n\r\n") + smuggled);
            CHECK(status_of(answer) == "400");
            CHECK(answer.find("smuggled") == std::string::npos);
        }
    }
}

TEST_CASE("extensions of chunks as RFC 9112 has them are taken and change nothing", "[http]") {
    LiveServer server;
    for (const std::string line : {"3;a",
                                   "3;a=b",
                                   "3;a=\"b\"",
                                   "3;a=\"b;\\\"c\\\\\"",
                                   "3 ; a\t=\tb",
                                   "3;a;b=c",
                                   "03",
                                   "3;a=\"\xc3\xa4\t\""}) {
        INFO(line);
        CHECK(answer_to(server.port(), chunked(line + "\r\nabc\r\n0\r\n\r\n"))
                  .ends_with("POST /echo abc"));
    }
}

TEST_CASE("extensions of many chunks are bounded as a whole", "[http]") {
    LiveServer server;
    std::string chunks;
    for (int i = 0; i < 100; ++i) chunks += "1;" + std::string(1000, 'a') + "\r\nb\r\n";

    CHECK(status_of(answer_to(server.port(), chunked(chunks + "0\r\n\r\n"))) == "400");
}

TEST_CASE("a field that RFC 9112 does not know is refused wherever it appears", "[http]") {
    LiveServer server;
    for (const auto& [what, fields, status] : odd_fields()) {
        INFO(what);
        CHECK(status_of(answer_to(server.port(), get(fields))) == status);
        CHECK(status_of(answer_to(server.port(), get(fields + "B: c\r\n"))) == status);
        CHECK(status_of(answer_to(server.port(), get("B: c\r\n" + fields))) == status);
    }
}

TEST_CASE("a whole URL as the target decides about the Host", "[http]") {
    LiveServer server;
    const auto answer = answer_to(
        server.port(), "GET http://b:1/host?c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    CHECK(answer.ends_with("\r\n\r\nb:1 /host?c"));
}

TEST_CASE("more fields than anybody sends are refused", "[http]") {
    LiveServer server;
    std::string fields;
    for (int i = 0; i < 300; ++i) fields += "A: b\r\n";

    CHECK(status_of(answer_to(server.port(), get(fields))) == "431");
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

TEST_CASE("fields of a trailer change nothing, and those that would are refused", "[http]") {
    LiveServer server;
    const auto answer = answer_to(server.port(),
                                  post("Transfer-Encoding: chunked\r\nConnection: close\r\n",
                                       "3;name=\"value\"\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"));

    CHECK(status_of(answer) == "200");
    CHECK(answer.ends_with("POST /echo abc"));
    for (const std::string name : {"Content-Type",
                                   "Content-Length",
                                   "Transfer-Encoding",
                                   "Host",
                                   "Authorization",
                                   "Connection",
                                   "Trailer",
                                   "cookie"}) {
        INFO(name);
        const auto refused = answer_to(server.port(), chunked("0\r\n" + name + ": 1\r\n\r\n"));
        CHECK(status_of(refused) == "400");
    }
}

}  // namespace trommel::test
