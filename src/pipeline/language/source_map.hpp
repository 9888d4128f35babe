// From bytes of a text to lines and columns.
#pragma once

#include "trommel/pipeline/language/source.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// The characters that begin in `text`, which is UTF-8.
std::size_t count_characters(std::string_view text);

/// The bytes of the UTF-8 character at the head of `text`, at least 1 and at most text.size();
/// `text` is not empty.
std::size_t character_bytes(std::string_view text);

/// The `offset` of the first byte in a text that YAML does not allow, and a sentence on why.
struct Unreadable {
    std::size_t offset;
    std::string reason;
};

/// The first byte of `text` that is not UTF-8, or begins a control character other than tab and
/// line end; or nothing.
std::optional<Unreadable> find_unreadable(std::string_view text);

/// A text with its lines found, which end with \n, \r\n or a lone \r. A byte order mark at the
/// start belongs to no line.
class SourceMap {
public:
    /// `number` is that of the text; places in it carry it.
    explicit SourceMap(std::string text, std::uint32_t number = 0);

    std::string_view text() const { return text_; }
    std::uint32_t number() const { return number_; }
    std::size_t lines() const { return starts_.size(); }

    /// Line `number`, which is in [1, lines()], without its end.
    std::string_view line(std::size_t number) const;

    /// The place of bytes [begin, end), cut at the end of the line on which it begins. A place is
    /// at least one character long, so that there is something to point at.
    Place place(std::size_t begin, std::size_t end) const;

private:
    std::size_t characters_before(std::size_t offset) const;

    std::string text_;
    std::uint32_t number_;
    std::vector<std::size_t> starts_;   ///< the byte at which each line begins
    std::vector<std::size_t> counted_;  ///< the characters before each block of bytes
};

}  // namespace trommel
