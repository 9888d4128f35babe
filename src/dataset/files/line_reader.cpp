#include "trommel/dataset/files/line_reader.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/name.hpp"
#include "trommel/core/utf8.hpp"
#include "trommel/dataset/files/input_stream.hpp"
#include "trommel/dataset/files/record_fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <system_error>
#include <utility>

namespace trommel::dataset {

namespace {

constexpr std::size_t first_buffer = std::size_t{64} << 10;
constexpr std::size_t longest_message = 1000;  // it may quote a field that is none
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Puts the text behind the first `used` bytes of the buffer, which are kept, and returns it there.
std::string_view put_behind(std::string_view text, std::string& buffer, std::size_t used) {
    buffer.resize(std::max(buffer.size(), used + text.size()));
    std::ranges::copy(text, buffer.begin() + static_cast<std::ptrdiff_t>(used));
    return std::string_view(buffer).substr(used, text.size());
}

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

LineReader::LineReader(std::unique_ptr<std::istream> in, std::string name)
    : in_(std::move(in)), name_(std::move(name)) {
    skip_byte_order_mark();
}

LineReader LineReader::open(const std::filesystem::path& path) {
    return {open_input(path), path.string()};
}

LineReader LineReader::open(const std::filesystem::path& path, FilePart part) {
    LineReader reader = open(path);
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(path, error);
    if (error) throw DataError(fmt::format("{}: has no parts: {}", path.string(), error.message()));
    reader.in_->clear();
    if (reader.in_->tellg() < 0)
        throw DataError(
            fmt::format("{}: a compressed file has no parts; unpack it", path.string()));
    const auto begin_of = [&](std::uint64_t index) {
        return bytes / part.count * index + bytes % part.count * index / part.count;
    };
    reader.name_ += fmt::format(" (part {} of {})", part.index, part.count);
    reader.go_to(begin_of(part.index - 1), begin_of(part.index));
    return reader;
}

/// The part's first line begins after the first LF at or behind the byte before it.
void LineReader::go_to(std::uint64_t begin, std::uint64_t end) {
    const bool has_mark = position_ > 0;  // which belongs to the first line
    last_begin_ = has_mark && begin == 0 && end > 0 ? std::max(end, position_ + 1) : end;
    if (begin == 0) return;
    in_->clear();
    in_->seekg(static_cast<std::streamoff>(begin - 1));
    if (!*in_) throw DataError(fmt::format("{}: cannot be read from byte {}", name_, begin));
    begin_ = end_ = 0;
    position_ = begin - 1;
    next();
    line_ = 0;
}

LineReader LineReader::of_text(std::string_view text, std::string name) {
    return {std::make_unique<std::istringstream>(std::string(text)), std::move(name)};
}

LineReader LineReader::of_chunk(std::string text, std::size_t first_line, std::string name) {
    LineReader reader;
    reader.name_ = std::move(name);
    reader.buffer_ = std::move(text);
    reader.end_ = reader.buffer_.size();
    reader.line_ = first_line - 1;
    if (first_line == 1) reader.skip_byte_order_mark();
    return reader;
}

std::optional<std::string_view> LineReader::next() {
    if (position_ >= last_begin_) return std::nullopt;
    for (std::size_t searched = 0;;) {
        const std::string_view unread(buffer_.data() + begin_, end_ - begin_);
        const auto end = unread.find('\n', searched);
        searched = std::min(end, unread.size());
        if (searched > longest_line)
            throw DataError(fmt::format(
                "{}:{}: the line is longer than 64 MiB; is this a text file?", name_, line_ + 1));
        if (end != std::string_view::npos) return take(end);
        if (!read_more()) return searched > 0 ? std::optional(take(searched)) : std::nullopt;
    }
}

/// The unread line of `length` bytes and, unless the text ends there, its LF. One that is not UTF-8
/// is made so, so that a name is the same wherever it is read and can be written: it appears behind
/// what has been read, where the next bytes will go.
std::string_view LineReader::take(std::size_t length) {
    std::string_view line(buffer_.data() + begin_, length);
    const bool at_end = begin_ + length == end_;
    const std::size_t taken = at_end ? length : length + 1;
    begin_ += taken;
    position_ += taken;
    ++line_;
    line_end_ = at_end ? "" : "\n";
    if (!at_end && line.ends_with('\r')) {
        line.remove_suffix(1);
        line_end_ = "\r\n";
    }
    if (!is_valid_utf8(line)) line = put_behind(valid_utf8(line), buffer_, end_);
    text_ = line;
    return line;
}

/// Moves what is unread to the front and fills the rest; false at the end of the text.
bool LineReader::read_more() {
    if (!in_) return false;
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
        begin_ = position_ = byte_order_mark.size();
}

void LineReader::fail(std::string_view what, std::string_view sample) const {
    fail_at(line_, what, sample);
}

void LineReader::fail_at(std::size_t line, std::string_view what, std::string_view sample) const {
    throw RecordError(
        fmt::format(
            "{}:{}: {}", name_, std::max<std::size_t>(line, 1), shown(what, longest_message)),
        std::string(sample));
}

}  // namespace trommel::dataset
