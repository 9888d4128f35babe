// Whatever the parser takes, others read the same way: no bytes are one request here and two there.
#include "http/parser.hpp"
#include "http/second_readers.hpp"
#include "trommel/core/random.hpp"
#include "trommel/http/message_error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace trommel::test {
namespace {

using http::Parser;

std::string shown(const std::vector<SeenMessage>& messages) {
    std::string text;
    for (const auto& each : messages)
        text += each.first_line + " [" + each.body + "] " + std::to_string(each.bytes) + "\n";
    return text;
}

/// The requests before the first fault, read `step` bytes at a time.
std::vector<SeenMessage> parsed(std::string_view bytes, std::size_t step) {
    std::vector<SeenMessage> found;
    Parser parser(Parser::Reads::requests, 64 * 1024);
    SeenMessage message;
    std::size_t available = 0;
    try {
        while (true) {
            const auto taken = parser.put(bytes.substr(0, available));
            message.body += parser.take_body();
            message.bytes += taken;
            bytes.remove_prefix(taken);
            available -= taken;
            if (parser.is_done()) {
                message.first_line = parser.head().method + " " + parser.head().target;
                found.push_back(std::exchange(message, {}));
                parser.begin();
            } else if (taken == 0) {
                if (available == bytes.size()) return found;
                available = std::min(available + step, bytes.size());
            }
        }
    } catch (const http::MessageError&) {
        return found;
    }
}

/// With method and target alone for a first line, as the parser gives it.
template <typename Reader>
std::vector<SeenMessage> read_by(Reader reader, std::string_view bytes) {
    std::vector<SeenMessage> found;
    while (auto message = reader(bytes)) {
        message->first_line.erase(
            std::min(message->first_line.rfind(' '), message->first_line.size()));
        bytes.remove_prefix(message->bytes);
        found.push_back(*std::move(message));
    }
    return found;
}

/// Puts what some readers stumble over somewhere into `bytes`.
std::string spoilt(std::string bytes, Random& random) {
    static const std::array<std::string, 34> pieces{"\n",
                                                    "\r",
                                                    "\r\n",
                                                    "\n\n",
                                                    "\r\r\n",
                                                    std::string(1, '\0'),
                                                    " ",
                                                    "\t",
                                                    "\v",
                                                    "\f",
                                                    "\x7f",
                                                    "\x80",
                                                    ";",
                                                    ";a",
                                                    ";a=\"",
                                                    "\"",
                                                    "\\",
                                                    "=",
                                                    ":",
                                                    ",",
                                                    "0",
                                                    "1",
                                                    "+",
                                                    "-",
                                                    "0x",
                                                    "_",
                                                    "#",
                                                    "0\r\n\r\n",
                                                    "\r\n0",
                                                    "Content-Length: 1\r\n",
                                                    "Transfer-Encoding: chunked\r\n",
                                                    "chunked",
                                                    "GET /x HTTP/1.1\r\nHost: b\r\n\r\n",
                                                    "\r\n "};
    const auto at = random.below(bytes.size());
    const auto& piece = pieces[random.below(pieces.size())];
    const auto gone = random.below(3) == 0 ? random.below(3) : 0;
    return bytes.replace(at, gone, piece);
}

std::vector<std::string> whole_requests() {
    const std::string start = "POST /a HTTP/1.1\r\nHost: a\r\n";
    const std::string chunks = start + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string next = "GET /b HTTP/1.1\r\nHost: b\r\n\r\n";
    return {
        chunks + "7;a=\"b\"\r\nabcd\"\r\n\r\n24\r\nX\r\n0\r\n\r\n" + next + "\r\n0\r\n\r\n" + next,
        chunks + "3 ; a = b;c\r\nabc\r\n0;d=\"\\\"\"\r\nX-Sum: 1\r\n\r\n" + next,
        start + "Content-Length: 3\r\n\r\nabc" + next,
        start + "Content-Length: 0\r\nAccept: x, y\r\n\r\n" + next,
        next + chunks + "A\r\n0123456789\r\n00\r\n\r\n" + next};
}

}  // namespace

namespace {

// The readers are regular expressions, which take minutes where every load is checked.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int spoilt_streams = 100;
#else
constexpr int spoilt_streams = 3000;
#endif

}  // namespace

TEST_CASE("what the parser takes, a reader by the letter and a loose one read the same", "[http]") {
    Random random(1, 0, "smuggling");
    int taken = 0;
    for (const auto& whole : whole_requests()) {
        for (int i = 0; i < spoilt_streams; ++i) {
            auto bytes = whole;
            for (std::uint64_t n = 1 + random.below(2); n > 0; --n) bytes = spoilt(bytes, random);
            const auto messages = parsed(bytes, bytes.size());
            INFO(bytes);
            REQUIRE(shown(parsed(bytes, 1)) == shown(messages));
            REQUIRE(shown(read_by(strictly_read, bytes)) == shown(messages));
            auto loose = read_by(loosely_read, bytes);
            loose.resize(std::min(loose.size(), messages.size()));
            REQUIRE(shown(loose) == shown(messages));
            taken += static_cast<int>(messages.size());
        }
    }
    CHECK(taken > spoilt_streams);  // not by refusing everything
}

TEST_CASE("requests as they should be are taken whole", "[http]") {
    for (const auto& whole : whole_requests()) {
        INFO(whole);
        const auto messages = parsed(whole, whole.size());
        CHECK(messages.size() >= 2);
        CHECK(messages == read_by(strictly_read, whole));
        CHECK(messages == read_by(loosely_read, whole));
    }
}

}  // namespace trommel::test
