#include "http/parser.hpp"

#include "trommel/http/message_error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace trommel::http {
namespace {

/// The bodies of the messages in `bytes`, which come `step` at a time.
std::vector<std::string> bodies(Parser::Reads reads, std::string_view bytes, std::size_t step) {
    std::vector<std::string> found;
    Parser parser(reads, 1000);
    std::string body;
    std::size_t shown = 0;
    while (true) {
        const auto taken = parser.put(bytes.substr(0, shown));
        body += parser.take_body();
        bytes.remove_prefix(taken);
        shown -= taken;
        if (parser.is_done()) {
            found.push_back(std::exchange(body, {}));
            parser.begin();
        } else if (taken == 0) {
            if (shown == bytes.size()) return found;
            shown = std::min(shown + step, bytes.size());
        }
    }
}

/// Whether it is taken as a response that ends where the connection does.
bool is_response(const std::string& bytes) {
    Parser parser(Parser::Reads::responses, 1000);
    try {
        std::string_view rest = bytes;
        while (!rest.empty()) {
            const auto taken = parser.put(rest);
            if (taken == 0) break;
            rest.remove_prefix(taken);
        }
        parser.put_end();
    } catch (const MessageError& error) {
        CHECK(error.status() >= 400);
        return false;
    }
    return true;
}

Head head_of(const std::string& bytes) {
    Parser parser(Parser::Reads::responses, 1000);
    parser.put(bytes);
    REQUIRE(parser.has_head());
    return parser.head();
}

}  // namespace

TEST_CASE("responses are read as strictly as requests", "[http]") {
    const std::string start = "HTTP/1.1 200 OK\r\n";
    const std::string chunks = start + "Transfer-Encoding: chunked\r\n\r\n";
    CHECK(is_response(start + "\r\nabc"));
    CHECK(is_response("HTTP/1.1 200\r\n\r\nabc"));
    CHECK(is_response("HTTP/1.0 404 \xc3\xa4\r\nContent-Length: 3\r\n\r\nabc"));
    CHECK(is_response(chunks + "3;a=\"b\"\r\nabc\r\n0\r\n\r\n"));
    for (const std::string odd : {"HTTP/1.1 200 OK\n\n",
                                  "HTTP/1.1  200 OK\r\n\r\n",
                                  "HTTP/1.1 20 OK\r\n\r\n",
                                  "HTTP/1.1 2000 OK\r\n\r\n",
                                  "HTTP/1.1 +20 OK\r\n\r\n",
                                  "HTTP/1.1 200 O\rK\r\n\r\n",
                                  "HTTP/2.0 200 OK\r\n\r\n",
                                  "HTTP/1.1 099 OK\r\n\r\n",
                                  "\r\nHTTP/1.1 200 OK\r\n\r\n",
                                  "ICY 200 OK\r\n\r\n",
                                  "HTTP/1.1 103 Hint\r\nContent-Length: 3\r\n\r\nabc"})
        CHECK_FALSE(is_response(odd));
    for (const std::string odd : {"A: b\r\n c\r\n",
                                  "A: b\rc\r\n",
                                  "A: b\nB: c\r\n",
                                  "Content-Length : 3\r\n",
                                  "Content-Length: 3\r\nContent-Length: 3\r\n",
                                  "Content-Length: 3, 3\r\n",
                                  "Content-Length: +3\r\n",
                                  "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                                  "Transfer-Encoding: gzip, chunked\r\n",
                                  "Transfer-Encoding: identity\r\n"})
        CHECK_FALSE(is_response(start + odd + "\r\nabc"));
    for (const std::string odd :
         {"3\n", "3;a=\"\n\"\r\n", "3;\r\n", " 3\r\n", "3 \r\n", "+3\r\n", "0x3\r\n"})
        CHECK_FALSE(is_response(chunks + odd + "abc\r\n0\r\n\r\n"));
    CHECK_FALSE(is_response(chunks + "0\r\nContent-Length: 3\r\n\r\n"));
}

TEST_CASE("a connection goes on after a response only where its end is known", "[http]") {
    CHECK(head_of("HTTP/1.1 204 No Content\r\n\r\n").keep_alive);
    CHECK(head_of("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n").keep_alive);
    CHECK_FALSE(head_of("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n").keep_alive);
    CHECK_FALSE(
        head_of("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n").keep_alive);
    CHECK(head_of("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n").keep_alive);
    CHECK_FALSE(head_of("HTTP/1.1 200 OK\r\n\r\n").keep_alive);
    CHECK_FALSE(
        head_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: a, Close\r\n\r\n").keep_alive);
    CHECK_FALSE(head_of("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n").keep_alive);
    CHECK(head_of("HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n")
              .keep_alive);
}

TEST_CASE("messages are the same however their bytes are cut", "[http]") {
    const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::string chunks = start + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string requests =
        chunks + "0\r\n\r\n" + chunks + "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n" + start +
        "Content-Length: 2\r\n\r\nef" + start + "\r\n" + chunks + "00\r\nX-Sum: z\r\n\r\n";
    for (std::size_t step = 1; step <= requests.size(); ++step) {
        INFO(step);
        CHECK(bodies(Parser::Reads::requests, requests, step) ==
              std::vector<std::string>{"", "abcd", "ef", "", ""});
    }
}

TEST_CASE("a body's pieces come as they arrive", "[http]") {
    Parser parser(Parser::Reads::requests, 1000);
    parser.put("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
    CHECK(parser.has_head());
    CHECK(parser.head().length == 4);
    CHECK(parser.put("a") == 1);
    CHECK(parser.take_body() == "a");
    CHECK(parser.put("bcdPOST") == 3);
    CHECK(parser.take_body() == "bcd");
    CHECK(parser.is_done());
}

}  // namespace trommel::http
