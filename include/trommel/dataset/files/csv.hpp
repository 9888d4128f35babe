#pragma once

#include "trommel/dataset/files/line_reader.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

/// The records of a CSV text, one after another; only the last one is in memory.
///
/// RFC 4180: fields may be quoted, a quote in them is doubled, and they may then hold commas and
/// line ends. Records end with LF or CRLF. An empty line is a record with one empty field.
class CsvReader {
public:
    explicit CsvReader(LineReader lines);

    /// The fields of the next record, valid until the next call; nothing after the last. Throws
    /// RecordError on a quote that is not closed, or that appears inside an unquoted field.
    std::optional<std::span<const std::string_view>> next();

    /// The line where the last record begins, from 1; 0 before the first.
    std::size_t line() const { return line_; }

    /// The last line of the last record, valid until the next call of next().
    std::string_view text() const { return lines_.text(); }

    /// Throws RecordError: `<file>:<line>: <what>`, for the last record, which speaks of `sample`.
    [[noreturn]] void fail(std::string_view what, std::string_view sample = {}) const {
        lines_.fail_at(line_, what, sample);
    }

private:
    void split(std::string_view line);
    void parse(std::string_view line);
    std::size_t parse_quoted(std::string_view& line, std::size_t begin);
    std::size_t parse_plain(std::string_view line, std::size_t begin);
    std::string_view continued();

    LineReader lines_;
    std::size_t line_ = 0;
    std::vector<std::string_view> fields_;
    std::string text_;               ///< the fields of a record with quotes, end to end
    std::vector<std::size_t> ends_;  ///< where each of them ends
};

}  // namespace trommel::dataset
