#include "trommel/dataset/files/csv.hpp"

#include <algorithm>
#include <utility>

namespace trommel::dataset {

CsvReader::CsvReader(LineReader lines) : lines_(std::move(lines)) {}

std::optional<std::span<const std::string_view>> CsvReader::next() {
    const auto line = lines_.next();
    if (!line) return std::nullopt;
    line_ = lines_.line();
    fields_.clear();
    if (line->find('"') == std::string_view::npos)
        split(*line);
    else
        parse(*line);
    return fields_;
}

/// The common case, a record without quotes: the fields are parts of the line.
void CsvReader::split(std::string_view line) {
    for (auto comma = line.find(','); comma != std::string_view::npos; comma = line.find(',')) {
        fields_.push_back(line.substr(0, comma));
        line.remove_prefix(comma + 1);
    }
    fields_.push_back(line);
}

void CsvReader::parse(std::string_view line) {
    text_.clear();
    ends_.clear();
    for (std::size_t at = 0;; ++at) {
        const bool quoted = at < line.size() && line[at] == '"';
        at = quoted ? parse_quoted(line, at + 1) : parse_plain(line, at);
        ends_.push_back(text_.size());
        if (at == line.size()) break;
        if (line[at] != ',') fail("a quoted field must end at its closing quote");
    }
    std::size_t begin = 0;
    for (const auto end : ends_) {
        fields_.push_back(std::string_view(text_).substr(begin, end - begin));
        begin = end;
    }
}

/// Where the field's closing quote is behind us; `line` becomes the line that holds it.
std::size_t CsvReader::parse_quoted(std::string_view& line, std::size_t begin) {
    for (auto at = begin;;) {
        const auto quote = line.find('"', at);
        text_ += line.substr(at, quote - at);
        if (quote == std::string_view::npos) {
            line = continued();
            at = 0;
        } else if (quote + 1 < line.size() && line[quote + 1] == '"') {
            text_ += '"';
            at = quote + 2;
        } else {
            return quote + 1;
        }
    }
}

std::size_t CsvReader::parse_plain(std::string_view line, std::size_t begin) {
    const auto end = std::min(line.find(',', begin), line.size());
    const auto field = line.substr(begin, end - begin);
    if (field.find('"') != std::string_view::npos)
        fail(
            "a quote appears inside an unquoted field; quote the whole field and double the quote");
    text_ += field;
    return end;
}

/// The next line of a field that goes on over the line's end.
std::string_view CsvReader::continued() {
    text_ += lines_.line_end();
    const auto line = lines_.next();
    if (!line || text_.size() > LineReader::longest_line)
        fail("a quoted field that begins in this record is never closed");
    return *line;
}

}  // namespace trommel::dataset
