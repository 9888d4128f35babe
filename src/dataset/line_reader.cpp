#include "trommel/dataset/line_reader.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace trommel::dataset {

namespace {

constexpr std::size_t first_buffer = std::size_t{64} << 10;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

LineReader::LineReader(std::unique_ptr<std::istream> in, std::string name)
    : in_(std::move(in)), name_(std::move(name)) {
    skip_byte_order_mark();
}

LineReader LineReader::open(const std::filesystem::path& path) {
    errno = 0;
    auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
    if (!file->is_open())
        throw DataError(fmt::format("{}: cannot be opened: {}", path.string(), reason(errno)));
    return {std::move(file), path.string()};
}

LineReader LineReader::of_text(std::string_view text, std::string name) {
    return {std::make_unique<std::istringstream>(std::string(text)), std::move(name)};
}

std::optional<std::string_view> LineReader::next() {
    for (std::size_t searched = 0;;) {
        const std::string_view unread(buffer_.data() + begin_, end_ - begin_);
        const auto end = unread.find('\n', searched);
        searched = std::min(end, unread.size());
        if (searched > longest_line)
            fail_at(line_ + 1, "the line is longer than 64 MiB; is this a text file?");
        if (end != std::string_view::npos) return take(end);
        if (!read_more()) return searched > 0 ? std::optional(take(searched)) : std::nullopt;
    }
}

/// The unread line of `length` bytes and, unless the text ends there, its LF.
std::string_view LineReader::take(std::size_t length) {
    std::string_view line(buffer_.data() + begin_, length);
    const bool at_end = begin_ + length == end_;
    begin_ += at_end ? length : length + 1;
    ++line_;
    line_end_ = at_end ? "" : "\n";
    if (!at_end && line.ends_with('\r')) {
        line.remove_suffix(1);
        line_end_ = "\r\n";
    }
    return line;
}

/// Moves what is unread to the front and fills the rest; false at the end of the text.
bool LineReader::read_more() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (end_ == buffer_.size()) buffer_.resize(std::max(first_buffer, 2 * end_));
    errno = 0;
    in_->read(buffer_.data() + end_, static_cast<std::streamsize>(buffer_.size() - end_));
    if (in_->bad()) throw DataError(fmt::format("{}: cannot be read: {}", name_, reason(errno)));
    const auto got = static_cast<std::size_t>(in_->gcount());
    end_ += got;
    return got > 0;
}

void LineReader::skip_byte_order_mark() {
    while (end_ < byte_order_mark.size() && read_more()) {
    }
    if (std::string_view(buffer_.data(), end_).starts_with(byte_order_mark))
        begin_ = byte_order_mark.size();
}

void LineReader::fail(std::string_view what) const { fail_at(line_, what); }

void LineReader::fail_at(std::size_t line, std::string_view what) const {
    throw DataError(fmt::format("{}:{}: {}", name_, std::max<std::size_t>(line, 1), what));
}

}  // namespace trommel::dataset
