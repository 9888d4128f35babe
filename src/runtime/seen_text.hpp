#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace trommel {

/// What a person sees last of a program that writes to a terminal: a progress bar once, however
/// often it was drawn.
///
/// A small terminal. A carriage return goes back to the begin of the line, and what follows
/// replaces what stood there; so do backspaces and the escape sequences that move the cursor and
/// erase. Colours and all other sequences show nothing. A byte that is not UTF-8 is seen as `\xE9`.
/// Memory is bounded: only the last lines are kept.
class SeenText {
public:
    static constexpr std::size_t most_bytes = std::size_t{4} << 10;  ///< of text()

    /// The next bytes; characters and sequences may be cut anywhere between two calls.
    void append(std::string_view bytes);

    /// The last lines, as UTF-8, without blanks at their ends and empty lines around them. A
    /// character that has begun and not ended is left out.
    std::string text() const;

private:
    std::size_t take(std::string_view bytes);
    std::size_t take_sequence(std::string_view bytes);
    void control(char byte);
    void obey(char command, std::size_t number, bool is_given);
    void erase_in_line(std::size_t how);
    void erase_below(std::size_t how);
    void put(std::uint32_t code);
    void next_line();
    std::u32string& line() { return lines_[row_]; }

    std::string begun_;  ///< a character or sequence whose end is to come
    std::deque<std::u32string> lines_{1};
    std::size_t row_ = 0;
    std::size_t column_ = 0;
};

}  // namespace trommel
