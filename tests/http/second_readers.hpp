// Two readers beside the parser, to compare it with: one by the letter of RFC 9112, one as loose as
// readers come that be in front of servers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace trommel::test {

/// A message as a reader sees it.
struct SeenMessage {
    std::string first_line{};
    std::string body{};
    std::size_t bytes = 0;  ///< from its first to its last

    friend bool operator==(const SeenMessage&, const SeenMessage&) = default;
};

namespace second_readers {

/// What is left of a text, taken line by line.
struct Rest {
    std::string_view text;
    std::size_t taken = 0;

    /// Up to the next line feed, which goes with it.
    std::optional<std::string> line() {
        const auto end = text.find('\n', taken);
        if (end == std::string_view::npos) return std::nullopt;
        std::string found(text.substr(taken, end - taken));
        taken = end + 1;
        return found;
    }
    std::optional<std::string> bytes(std::uint64_t count) {
        if (count > text.size() - taken) return std::nullopt;
        std::string found(text.substr(taken, count));
        taken += count;
        return found;
    }
};

inline std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

inline bool fits(const std::string& text, const char* pattern) {
    return std::regex_match(text, std::regex(pattern));
}

/// Lines as they are in RFC 9112 and RFC 9110, one regular expression each.
inline const std::regex& request_line() {
    static const std::regex made(R"([-!#$%&'*+.^_`|~0-9A-Za-z]+ /[!-"$-~]* HTTP/1\.[01])");
    return made;
}
inline const std::regex& field_line() {
    static const std::regex made(
        R"(([-!#$%&'*+.^_`|~0-9A-Za-z]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*))");
    return made;
}
inline const std::regex& chunk_line() {
    static const std::regex made(
        R"(([0-9A-Fa-f]{1,16})([ \t]*;[ \t]*[-!#$%&'*+.^_`|~0-9A-Za-z]+([ \t]*=[ \t]*([-!#$%&'*+.^_`|~0-9A-Za-z]+|"([^\x00-\x08\x0a-\x1f\x7f"\\]|\\[^\x00-\x08\x0a-\x1f\x7f])*"))?)*)");
    return made;
}

/// Without the carriage return that a strict line ends with.
inline std::optional<std::string> strict_line(Rest& rest) {
    auto line = rest.line();
    if (!line || !line->ends_with('\r')) return std::nullopt;
    line->pop_back();
    return line;
}

inline std::string value_of(const std::smatch& field) {
    const std::string value = field[2];
    const auto end = value.find_last_not_of(" \t");
    return value.substr(0, end == std::string::npos ? 0 : end + 1);
}

/// Which chunks, to the end of the trailer.
inline std::optional<std::string> strict_chunks(Rest& rest) {
    std::string body;
    while (true) {
        const auto line = strict_line(rest);
        std::smatch parts;
        if (!line || !std::regex_match(*line, parts, chunk_line())) return std::nullopt;
        const auto size = std::stoull(parts[1], nullptr, 16);
        if (size == 0) break;
        const auto chunk = rest.bytes(size);
        const auto end = rest.bytes(2);
        if (!chunk || end != "\r\n") return std::nullopt;
        body += *chunk;
    }
    while (true) {
        const auto line = strict_line(rest);
        if (!line) return std::nullopt;
        if (line->empty()) return body;
        std::smatch field;
        if (!std::regex_match(*line, field, field_line())) return std::nullopt;
        if (std::regex_match(lower(field[1]),
                             std::regex("authorization|connection|content-.*|cookie|expect|host|"
                                        "set-cookie|te|trailer|transfer-encoding|upgrade")))
            return std::nullopt;
    }
}

}  // namespace second_readers

/// The request at the front, to a path, if it is one by the letter of RFC 9112.
inline std::optional<SeenMessage> strictly_read(std::string_view bytes) {
    using namespace second_readers;
    Rest rest{bytes};
    const auto first = strict_line(rest);
    if (!first || !std::regex_match(*first, request_line())) return std::nullopt;
    int hosts = 0;
    std::optional<std::string> length;
    std::optional<std::string> coding;
    while (true) {
        const auto line = strict_line(rest);
        if (!line) return std::nullopt;
        if (line->empty()) break;
        std::smatch field;
        if (!std::regex_match(*line, field, field_line())) return std::nullopt;
        const auto name = lower(field[1]);
        const auto value = value_of(field);
        if (name == "host" &&
            !fits(value,
                  R"((\[[0-9A-Fa-f:.]+\]|([-A-Za-z0-9._~!$&'()*+;=]|%[0-9A-Fa-f]{2})*))"
                  R"((:[0-9]{0,5})?)"))
            return std::nullopt;
        hosts += name == "host" ? 1 : 0;
        auto* const once = name == "content-length"      ? &length
                           : name == "transfer-encoding" ? &coding
                                                         : nullptr;
        if (once != nullptr && *once) return std::nullopt;
        if (once != nullptr) *once = value;
    }
    const bool is_1_1 = first->ends_with("1.1");
    if (hosts > 1 || (is_1_1 && hosts == 0)) return std::nullopt;
    if (coding && (length || !is_1_1)) return std::nullopt;
    if (length && !fits(*length, "[0-9]{1,19}")) return std::nullopt;
    if (coding && lower(*coding) != "chunked") return std::nullopt;
    const auto body = coding ? strict_chunks(rest) : rest.bytes(length ? std::stoull(*length) : 0);
    if (!body) return std::nullopt;
    return SeenMessage{*first, *body, rest.taken};
}

/// The same by one that ends lines at any line feed, and in them uses no more than it needs.
inline std::optional<SeenMessage> loosely_read(std::string_view bytes) {
    using namespace second_readers;
    Rest rest{bytes};
    const auto bare = [&]() -> std::optional<std::string> {
        auto line = rest.line();
        if (line && line->ends_with('\r')) line->pop_back();
        return line;
    };
    const auto first = bare();
    if (!first) return std::nullopt;
    std::uint64_t length = 0;
    bool chunked = false;
    for (auto line = bare(); !line || !line->empty(); line = bare()) {
        if (!line) return std::nullopt;
        const auto colon = line->find(':');
        if (colon == std::string::npos) continue;
        auto name = lower(line->substr(0, colon));
        name.erase(std::min(name.find_last_not_of(" \t") + 1, name.size()));
        const auto value = lower(line->substr(colon + 1));
        if (name == "content-length") length = std::strtoull(value.c_str(), nullptr, 10);
        if (name == "transfer-encoding") chunked = value.find("chunked") != std::string::npos;
    }
    if (!chunked) {
        const auto body = rest.bytes(length);
        if (!body) return std::nullopt;
        return SeenMessage{*first, *body, rest.taken};
    }
    std::string body;
    while (true) {
        const auto line = bare();
        if (!line) return std::nullopt;
        const auto size = std::strtoull(line->c_str(), nullptr, 16);
        if (size == 0) break;
        const auto chunk = rest.bytes(size);
        if (!chunk || !bare()) return std::nullopt;
        body += *chunk;
    }
    for (auto line = bare(); !line || !line->empty(); line = bare())
        if (!line) return std::nullopt;
    return SeenMessage{*first, body, rest.taken};
}

}  // namespace trommel::test
