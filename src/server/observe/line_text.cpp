#include "server/observe/line_text.hpp"

#include "trommel/core/utf8.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace trommel::server {

namespace {

/// What may move a cursor, end a line or turn the direction of writing.
bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void append_control(std::string& line, std::uint32_t code) {
    if (code == '\n')
        line += "\\n";
    else if (code == '\r')
        line += "\\r";
    else if (code == '\t')
        line += "\\t";
    else
        fmt::format_to(std::back_inserter(line), "\\u{:04x}", code);
}

/// As texts of the pipeline's JSON show bytes that are not characters, see utf8.hpp.
void append_byte(std::string& line, char byte) {
    fmt::format_to(std::back_inserter(line), "\\\\x{:02X}", static_cast<unsigned char>(byte));
}

void append(std::string& line, std::string_view text, bool with_quotes) {
    const bool is_cut = text.size() > most_of_text;
    text = text.substr(0, most_of_text);
    while (!text.empty()) {
        const auto next = decode_utf8(text);
        const auto bytes = next ? next->bytes : 1;
        if (!next) {
            append_byte(line, text.front());
        } else if (is_control(next->code)) {
            append_control(line, next->code);
        } else {
            if (next->code == '\\' || (with_quotes && next->code == '"')) line += '\\';
            line += text.substr(0, bytes);
        }
        text.remove_prefix(bytes);
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
