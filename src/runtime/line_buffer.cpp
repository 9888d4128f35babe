#include "runtime/line_buffer.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <string_view>

namespace trommel {

std::span<char> LineBuffer::prepare(std::size_t count) {
    bytes_.erase(0, begin_);
    searched_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
    bytes_.resize(end_ + count);
    return {bytes_.data() + end_, count};
}

void LineBuffer::commit(std::size_t count) { end_ += count; }

std::optional<std::string> LineBuffer::take_line() {
    const std::string_view written(bytes_.data(), end_);
    const std::size_t newline = written.find('\n', searched_);
    searched_ = newline == std::string_view::npos ? end_ : newline;
    check_length(searched_);
    if (newline == std::string_view::npos) return std::nullopt;
    std::string line = take(newline);
    begin_ = searched_ = newline + 1;
    return line;
}

bool LineBuffer::has_line() const {
    return std::string_view(bytes_.data(), end_).find('\n', searched_) != std::string_view::npos;
}

std::optional<std::string> LineBuffer::take_rest() {
    if (begin_ == end_) return std::nullopt;
    return take(end_);
}

std::string LineBuffer::take(std::size_t end) {
    std::string line = bytes_.substr(begin_, end - begin_);
    begin_ = searched_ = end;
    return line;
}

void LineBuffer::check_length(std::size_t end) const {
    if (end - begin_ <= max_line_) return;
    throw DataError(
        fmt::format("a line of the program's output is longer than {} bytes; have it write shorter "
                    "lines or allow longer ones",
                    max_line_));
}

}  // namespace trommel
