#include "http/parser.hpp"

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

}  // namespace

TEST_CASE("messages are the same however their bytes are cut", "[http]") {
    const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::string chunks = start + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string requests =
        chunks + "0\r\n\r\n" + chunks + "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n" + start +
        "Content-Length: 2\r\n\r\nef" + start + "\r\n" + chunks + "00\r\nTrailer: z\r\n\r\n";
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
