#include "pipeline/language/source_map.hpp"

#include "trommel/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>

namespace trommel {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Columns are counted from the last block boundary, so that a place in a line of megabytes costs
/// no more than one in a short line.
constexpr std::size_t block_bytes = 64;

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

/// YAML 1.2.2, section 5.1, production c-printable.
bool is_printable(std::uint32_t code) {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    if (code < 0x7F) return true;
    if (code < 0xA0) return code == 0x85;
    return code != 0xFFFE && code != 0xFFFF;
}

}  // namespace

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::size_t character_bytes(std::string_view text) {
    std::size_t bytes = 1;
    while (bytes < text.size() && !begins_character(text[bytes])) ++bytes;
    return bytes;
}

std::optional<Unreadable> find_unreadable(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto character = decode_utf8(text.substr(i));
        if (!character) return Unreadable{i, "the file is not UTF-8 from here on"};
        if (!is_printable(character->code))
            return Unreadable{
                i, fmt::format("the control character U+{:04X} is not allowed", character->code)};
        i += character->bytes;
    }
    return std::nullopt;
}

SourceMap::SourceMap(std::string text, std::uint32_t number)
    : text_(std::move(text)), number_(number) {
    starts_.push_back(text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text_.size(); ++i) {
        if (i % block_bytes == 0) counted_.push_back(characters);
        if (begins_character(text_[i])) ++characters;
        const bool lone_return =
            text_[i] == '\r' && text_[std::min(i + 1, text_.size() - 1)] != '\n';
        if (text_[i] == '\n' || lone_return) starts_.push_back(i + 1);
    }
    counted_.push_back(characters);
}

std::string_view SourceMap::line(std::size_t number) const {
    assert(number >= 1 && number <= lines());
    const std::size_t begin = starts_[number - 1];
    std::size_t end = number < lines() ? starts_[number] : text_.size();
    while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
    return text().substr(begin, end - begin);
}

std::size_t SourceMap::characters_before(std::size_t offset) const {
    const std::size_t block = offset / block_bytes;
    const auto begun = text().substr(block * block_bytes, offset % block_bytes);
    return counted_[block] + count_characters(begun);
}

Place SourceMap::place(std::size_t begin, std::size_t end) const {
    begin = std::clamp(begin, starts_.front(), text_.size());
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), begin);
    const auto number = static_cast<std::size_t>(after - starts_.begin());
    const std::size_t line_begin = starts_[number - 1];
    const std::size_t line_end = line_begin + line(number).size();
    const std::size_t before = characters_before(begin);
    const std::size_t stop = std::max(begin, std::min(end, line_end));
    return {number,
            before - characters_before(line_begin) + 1,
            std::max<std::size_t>(1, count_characters(text().substr(begin, stop - begin))),
            number_};
}

}  // namespace trommel
