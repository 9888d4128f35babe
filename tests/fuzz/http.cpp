// Any bytes are messages or are refused, and the messages are the same however the bytes are cut
// and whoever else reads them.
#include "http/parser.hpp"
#include "http/second_readers.hpp"
#include "text.hpp"
#include "trommel/http/message_error.hpp"
#include "trommel/http/url.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using trommel::http::Parser;
using trommel::test::require;

constexpr std::size_t head_limit = 64 * 1024;

/// A message as one text.
std::string text_of(Parser& parser, const std::string& body) {
    const auto& head = parser.head();
    std::string text = head.method + " " + head.target + " " + std::to_string(head.status);
    for (const auto& field : head.headers) text += "\n" + field.name + ": " + field.value;
    return text + (head.keep_alive ? "\nkept\n" : "\nclosed\n") + body;
}

/// The whole messages before the end or the first fault, read `step` bytes at a time.
std::vector<std::string> messages_of(Parser::Reads reads,
                                     std::string_view bytes,
                                     std::size_t step) {
    std::vector<std::string> messages;
    Parser parser(reads, head_limit);
    std::string body;
    std::size_t shown = 0;
    try {
        while (true) {
            const std::size_t taken = parser.put(bytes.substr(0, shown));
            require(taken <= shown);
            body += parser.take_body();
            bytes.remove_prefix(taken);
            shown -= taken;
            if (parser.is_done()) {
                messages.push_back(text_of(parser, body));
                parser.begin();
                body.clear();
            } else if (taken == 0) {
                if (shown == bytes.size()) return messages;
                shown = std::min(shown + step, bytes.size());
            }
        }
    } catch (const trommel::http::MessageError& error) {
        require(error.status() >= 400 && error.status() < 600);
    }
    return messages;
}

/// Requests that are taken end where a loose reader ends them too, with the same body.
void check_second_reader(std::string_view bytes) {
    Parser parser(Parser::Reads::requests, head_limit);
    try {
        while (true) {
            std::size_t taken = 0;
            std::string body;
            while (!parser.is_done()) {
                const std::size_t count = parser.put(bytes.substr(taken));
                if (count == 0) return;
                taken += count;
                body += parser.take_body();
            }
            const auto seen = trommel::test::loosely_read(bytes);
            require(seen && seen->bytes == taken && seen->body == body);
            bytes.remove_prefix(taken);
            parser.begin();
        }
    } catch (const trommel::http::MessageError&) {
        return;
    }
}

/// What is a URL can be written and read again.
void check_url(std::string_view text) {
    try {
        const auto url = trommel::http::parse_url(text);
        const auto again = trommel::http::parse_url(url.origin() + url.target);
        require(again.host == url.host && again.port == url.port && again.target == url.target);
    } catch (const trommel::Error&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = trommel::test::text_of(data, size);
    for (const auto reads : {Parser::Reads::requests, Parser::Reads::responses}) {
        const auto whole = messages_of(reads, bytes, std::max<std::size_t>(size, 1));
        require(messages_of(reads, bytes, 1) == whole);
        require(messages_of(reads, bytes, 7) == whole);
    }
    check_second_reader(bytes);
    check_url(bytes);
    return 0;
}
