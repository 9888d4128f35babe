// LineBuffer: cuts a stream of bytes into lines.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace trommel {

/// Bytes go in at the back, lines come out at the front, each byte being moved and searched O(1)
/// times.
class LineBuffer {
public:
    explicit LineBuffer(std::size_t max_line) : max_line_(max_line) {}

    /// Room to write up to `count` bytes into; commit() says how many were written.
    std::span<char> prepare(std::size_t count);
    void commit(std::size_t count);

    /// The next whole line, without its end. Throws DataError if it is longer than allowed.
    std::optional<std::string> take_line();

    /// Whether there is one.
    bool has_line() const;

    /// After the last byte: what follows the last line end, if anything.
    std::optional<std::string> take_rest();

private:
    std::string take(std::size_t end);
    void check_length(std::size_t end) const;

    std::size_t max_line_;
    std::string bytes_;
    std::size_t begin_ = 0;     ///< what is before was taken
    std::size_t searched_ = 0;  ///< no line end in [begin_, searched_)
    std::size_t end_ = 0;       ///< what is after was not written
};

}  // namespace trommel
