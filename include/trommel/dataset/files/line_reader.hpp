#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace trommel::dataset {

/// The `index`-th of `count` parts of about equal bytes; `index` counts from 1.
struct FilePart {
    std::uint64_t index = 1;
    std::uint64_t count = 1;
};

/// The lines of a text, one after another, in memory that depends on the longest line only.
///
/// The text may be a pipe. A UTF-8 byte order mark at its beginning is skipped.
class LineReader {
public:
    /// Longer lines are refused: a binary file must not fill the memory.
    static constexpr std::size_t longest_line = std::size_t{64} << 20;

    /// Throws DataError if the file cannot be opened.
    static LineReader open(const std::filesystem::path& path);

    /// The lines that begin in a part of the file, so that all parts together have every line once.
    /// Errors count lines from the part's first. Throws DataError if the file cannot be opened, or
    /// is a pipe, which has no parts.
    static LineReader open(const std::filesystem::path& path, FilePart part);

    /// The lines of a text in memory; errors call it `name`.
    static LineReader of_text(std::string_view text, std::string name);

    /// The lines of a part of a text that begins at a line, the `first_line`th, and ends at one;
    /// errors call the text `name`. Takes the text without a copy.
    static LineReader of_chunk(std::string text, std::size_t first_line, std::string name);

    /// The next line without its LF or CRLF, valid until the next call; nothing after the last.
    /// Throws DataError where reading fails or a line is longer than `longest_line` bytes.
    std::optional<std::string_view> next();

    /// How the last line ended: LF, CRLF, or nothing at the end of the text.
    std::string_view line_end() const { return line_end_; }

    /// Number of the last line, from 1; 0 before the first.
    std::size_t line() const { return line_; }

    /// The file, as errors name it.
    const std::string& name() const { return name_; }

    /// The last line, valid until the next call of next().
    std::string_view text() const { return text_; }

    /// Throws RecordError: `<file>:<line>: <what>`, for the last line; `sample` is the one that it
    /// speaks of.
    [[noreturn]] void fail(std::string_view what, std::string_view sample = {}) const;

    /// The same for a line read before.
    [[noreturn]] void fail_at(std::size_t line,
                              std::string_view what,
                              std::string_view sample = {}) const;

private:
    LineReader(std::unique_ptr<std::istream> in, std::string name);
    LineReader() = default;

    std::string_view take(std::size_t length);
    bool read_more();
    void skip_byte_order_mark();
    void go_to(std::uint64_t begin, std::uint64_t end);

    std::unique_ptr<std::istream> in_;  ///< none: all there is has been read
    std::string name_;
    std::string buffer_;
    std::size_t begin_ = 0;  ///< of what is read but not given out
    std::size_t end_ = 0;
    std::size_t line_ = 0;
    std::string_view line_end_;
    std::string_view text_;
    std::uint64_t position_ = 0;                    ///< of buffer_[begin_] in the text
    std::uint64_t last_begin_ = std::uint64_t(-1);  ///< no line begins here or later
};

}  // namespace trommel::dataset
