#include "server/observe/line_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>

namespace trommel::server {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// One character of UTF-8, or one byte that is none.
struct Character {
    std::size_t bytes = 1;
    char32_t code = 0;
    bool is_valid = false;
};

std::size_t length_by_first(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    if (first >= 0xF0 && first < 0xF5) return 4;
    return 0;
}

/// Neither overlong, nor a surrogate, nor beyond U+10FFFF (RFC 3629).
bool is_shortest(char32_t code, std::size_t bytes) {
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    return code >= least[bytes] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

Character first_of(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const auto length = length_by_first(first);
    if (length == 0 || length > text.size()) return {};
    char32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0U) != 0x80) return {};
        code = (code << 6U) | (next & 0x3FU);
    }
    if (!is_shortest(code, length)) return {};
    return {.bytes = length, .code = code, .is_valid = true};
}

/// What may move a cursor, end a line or turn the direction of writing.
bool is_control(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void append_control(std::string& line, char32_t code) {
    if (code == '\n')
        line += "\\n";
    else if (code == '\r')
        line += "\\r";
    else if (code == '\t')
        line += "\\t";
    else
        fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<std::uint32_t>(code));
}

void append(std::string& line, std::string_view text, bool with_quotes) {
    const bool is_cut = text.size() > most_of_text;
    text = text.substr(0, most_of_text);
    while (!text.empty()) {
        const auto next = first_of(text);
        if (!next.is_valid) {
            line += replacement;
        } else if (is_control(next.code)) {
            append_control(line, next.code);
        } else {
            if (next.code == '\\' || (with_quotes && next.code == '"')) line += '\\';
            line += text.substr(0, next.bytes);
        }
        text.remove_prefix(next.bytes);
    }
    if (is_cut) line += "...";
}

}  // namespace

void append_escaped(std::string& line, std::string_view text) { append(line, text, true); }

void append_words(std::string& line, std::string_view text) { append(line, text, false); }

void append_quoted(std::string& line, std::string_view text) {
    line += '"';
    append_escaped(line, text);
    line += '"';
}

}  // namespace trommel::server
