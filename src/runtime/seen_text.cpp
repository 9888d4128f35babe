#include "runtime/seen_text.hpp"

#include "trommel/core/text.hpp"
#include "trommel/core/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace trommel {
namespace {

constexpr std::size_t most_lines = 40;
constexpr std::size_t most_columns = 4096;
constexpr std::size_t longest_sequence = 1024;
constexpr char escape = '\x1B';

bool is_between(char byte, char first, char last) { return byte >= first && byte <= last; }

/// How many bytes at the head may be the begin of a character whose end has not come.
bool is_begun_character(std::string_view bytes) {
    if (bytes.size() >= 4) return false;
    // One of these ends completes every character that has begun.
    for (const char* const end : {"\x80\x80\x80", "\x90\x80\x80", "\xBF\xBF\xBF"})
        for (std::size_t missing = 1; missing + bytes.size() <= 4; ++missing)
            if (decode_utf8(std::string(bytes) + std::string(end, missing))) return true;
    return false;
}

/// ECMA-48: `ESC [`, parameters, intermediate bytes, a final byte. 0 while its end has not come.
std::size_t control_sequence_bytes(std::string_view bytes) {
    std::size_t at = 2;
    while (at < bytes.size() && is_between(bytes[at], '\x20', '\x3F')) ++at;
    if (at == bytes.size()) return 0;
    return is_between(bytes[at], '\x40', '\x7E') ? at + 1 : at;
}

/// A title or a link: up to BEL or `ESC \`.
std::size_t control_string_bytes(std::string_view bytes) {
    for (std::size_t at = 2; at < bytes.size(); ++at) {
        if (bytes[at] == '\a') return at + 1;
        if (bytes[at - 1] == escape && bytes[at] == '\\') return at + 1;
    }
    return 0;
}

/// The length of the sequence that begins with ESC, or 0 while its end has not come.
std::size_t sequence_bytes(std::string_view bytes) {
    if (bytes.size() < 2) return 0;
    if (bytes[1] == '[') return control_sequence_bytes(bytes);
    if (std::string_view("]PX^_").find(bytes[1]) != std::string_view::npos)
        return control_string_bytes(bytes);
    std::size_t at = 1;
    while (at < bytes.size() && is_between(bytes[at], '\x20', '\x2F')) ++at;
    if (at == bytes.size()) return 0;
    return is_between(bytes[at], '\x30', '\x7E') ? at + 1 : 1;
}

std::string shown(const std::u32string& line) {
    std::string text;
    for (const char32_t code : line) append_utf8(text, code);
    while (text.ends_with(' ') || text.ends_with('\t')) text.pop_back();
    return text;
}

/// Its last bytes, from a whole character on.
std::string_view tail(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    text.remove_prefix(text.size() - bytes);
    while (!text.empty() && !decode_utf8(text)) text.remove_prefix(1);
    return text;
}

}  // namespace

void SeenText::append(std::string_view bytes) {
    std::string joined;
    if (!begun_.empty()) {
        joined = std::exchange(begun_, {}).append(bytes);
        bytes = joined;
    }
    while (!bytes.empty()) {
        const std::size_t taken = take(bytes);
        if (taken == 0) break;
        bytes.remove_prefix(taken);
    }
    begun_ = bytes;
}

/// Takes a character, a control or a sequence; 0 where its end has not come.
std::size_t SeenText::take(std::string_view bytes) {
    const char first = bytes.front();
    if (first == escape) return take_sequence(bytes);
    if (is_between(first, '\0', '\x1F') || first == '\x7F') {
        control(first);
        return 1;
    }
    if (const auto character = decode_utf8(bytes)) {
        const bool is_control = character->code >= 0x80 && character->code < 0xA0;
        if (!is_control) put(character->code);
        return character->bytes;
    }
    if (is_begun_character(bytes)) return 0;
    for (const char c : valid_utf8(bytes.substr(0, 1))) put(static_cast<unsigned char>(c));
    return 1;
}

std::size_t SeenText::take_sequence(std::string_view bytes) {
    const std::size_t length = sequence_bytes(bytes);
    if (length == 0) return bytes.size() > longest_sequence ? 1 : 0;
    if (length < 3 || bytes[1] != '[') return length;
    std::size_t number = 0;
    const char* const end = bytes.data() + length;
    const auto [stop, error] = std::from_chars(bytes.data() + 2, end, number);
    obey(bytes[length - 1],
         std::min(number, most_columns),
         error == std::errc{} && stop != bytes.data() + 2);
    return length;
}

void SeenText::control(char byte) {
    if (byte == '\n' || byte == '\v' || byte == '\f') next_line();
    if (byte == '\r') column_ = 0;
    if (byte == '\b' && column_ > 0) --column_;
    if (byte == '\t') put(U'\t');
}

/// The commands that move the cursor or erase; the others show nothing.
void SeenText::obey(char command, std::size_t number, bool is_given) {
    const std::size_t count = is_given && number > 0 ? number : 1;
    if (command == 'A') row_ -= std::min(row_, count);
    if (command == 'B') row_ = std::min(row_ + count, lines_.size() - 1);
    if (command == 'C') column_ = std::min(column_ + count, most_columns - 1);
    if (command == 'D') column_ -= std::min(column_, count);
    if (command == 'G') column_ = count - 1;
    if (command == 'K') erase_in_line(number);
    if (command == 'J') erase_below(number);
}

/// 0: from the cursor on; 1: up to it; 2: all of it.
void SeenText::erase_in_line(std::size_t how) {
    if (how == 0 && column_ < line().size()) line().resize(column_);
    if (how == 1) std::fill_n(line().begin(), std::min(column_ + 1, line().size()), U' ');
    if (how == 2) line().clear();
}

/// 0: from the cursor on; 2 and 3: all there is.
void SeenText::erase_below(std::size_t how) {
    if (how == 1) return;
    if (how == 0) erase_in_line(0);
    if (how >= 2) {
        row_ = 0;
        line().clear();
    }
    lines_.resize(row_ + 1);
}

void SeenText::put(std::uint32_t code) {
    if (column_ >= most_columns) next_line();
    if (column_ >= line().size()) line().resize(column_ + 1, U' ');
    line()[column_++] = static_cast<char32_t>(code);
}

void SeenText::next_line() {
    column_ = 0;
    if (++row_ < lines_.size()) return;
    lines_.emplace_back();
    if (lines_.size() <= most_lines) return;
    lines_.pop_front();
    --row_;
}

std::string SeenText::text() const {
    std::string text;
    for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
        std::string next = shown(*line);
        const bool is_last = trim(text).empty();
        if (!is_last && next.size() + 1 + text.size() > most_bytes) break;
        text = is_last ? std::string(tail(next, most_bytes)) : next + '\n' + text;
    }
    while (text.starts_with('\n')) text.erase(0, 1);
    return text;
}

}  // namespace trommel
