#include "stages/scores/score_output.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/string.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>

namespace trommel::stages {
namespace {

constexpr std::size_t npy_header_bytes = 128;

[[noreturn]] void fail(const std::filesystem::path& file, int error) {
    throw Error(fmt::format(
        "{}: cannot be written: {}", file.string(), std::generic_category().message(error)));
}

template <typename Number>
void append_number(std::string& text, Number number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end);
}

void append_name(std::string& text, const ScoredRows& rows, std::size_t row, ScoreOutput format) {
    if (rows.names.empty() && format == ScoreOutput::csv)
        append_number(text, rows.first_number + row);
    else if (rows.names.empty())
        text += fmt::format("\"{}\"", rows.first_number + row);
    else if (format == ScoreOutput::csv)
        text += csv_field(rows.names[row]);
    else
        text += json_string(rows.names[row]);
}

std::string csv_rows(const ScoredRows& rows) {
    std::string text;
    text.reserve(rows.rows * (24 + 20 * rows.columns.size()));
    for (std::size_t row = 0; row < rows.rows; ++row) {
        append_name(text, rows, row, ScoreOutput::csv);
        for (const auto& column : rows.columns) {
            text += ',';
            append_number(text, column.values[row]);
        }
        text += '\n';
    }
    return text;
}

std::string json_rows(const ScoredRows& rows) {
    std::string text;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        text += "{\"file_name\": ";
        append_name(text, rows, row, ScoreOutput::jsonl);
        for (const auto& column : rows.columns) {
            text += fmt::format(", \"{}\": ", column.name);
            append_number(text, column.values[row]);
        }
        text += "}\n";
    }
    return text;
}

std::string array_rows(const ScoredRows& rows) {
    std::string bytes(rows.rows * rows.columns.size() * sizeof(double), '\0');
    char* at = bytes.data();
    for (std::size_t row = 0; row < rows.rows; ++row)
        for (const auto& column : rows.columns) {
            std::memcpy(at, &column.values[row], sizeof(double));
            at += sizeof(double);
        }
    return bytes;
}

}  // namespace

std::string format_rows(const ScoredRows& rows, ScoreOutput format) {
    if (format == ScoreOutput::csv) return csv_rows(rows);
    return format == ScoreOutput::jsonl ? json_rows(rows) : array_rows(rows);
}

ScoreFile::ScoreFile(std::filesystem::path path,
                     ScoreOutput format,
                     std::vector<std::string> columns)
    : path_(std::move(path)),
      draft_(path_.string() + ".part"),
      format_(format),
      descriptor_(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) fail(draft_, errno);
    std::string header = "file_name";
    for (auto& name : columns) {
        header += ',' + name;
        summary_.columns.push_back({.name = std::move(name)});
    }
    if (format == ScoreOutput::csv) write(header + '\n');
    if (format == ScoreOutput::npy) write_npy_header();
}

ScoreFile::~ScoreFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(draft_.c_str());
}

void ScoreFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(draft_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// At the place of the file where writing goes on; always of one length.
void ScoreFile::write_npy_header() {
    auto header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, {}), }}",
                              summary_.samples,
                              summary_.columns.size());
    header.resize(npy_header_bytes - 11, ' ');
    const auto length = static_cast<char>(npy_header_bytes - 10);
    write(std::string("\x93NUMPY\x01\x00", 8) + length + '\0' + header + '\n');
}

void ScoreFile::append(const ScoredRows& rows, const std::string& text) {
    write(text);
    for (std::size_t m = 0; m < rows.columns.size() && rows.rows > 0; ++m) {
        auto& column = summary_.columns[m];
        const auto [low, high] = std::ranges::minmax(rows.columns[m].values);
        const bool is_first = summary_.samples == 0;
        column.lowest = is_first ? low : std::min(column.lowest, low);
        column.highest = is_first ? high : std::max(column.highest, high);
        for (const double value : rows.columns[m].values)
            column.mean += value;  // a sum until the end
    }
    summary_.samples += rows.rows;
    summary_.invalid += rows.invalid;
    for (const auto& reason : rows.reasons)
        if (summary_.first_invalid.size() < predictions::most_reasons)
            summary_.first_invalid.push_back(reason);
}

ScoreSummary ScoreFile::finish() {
    if (format_ == ScoreOutput::npy) {
        if (::lseek(descriptor_, 0, SEEK_SET) < 0) fail(draft_, errno);
        write_npy_header();
    }
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(draft_, errno);
    std::filesystem::rename(draft_, path_);
    for (auto& column : summary_.columns)
        if (summary_.samples > 0) column.mean /= static_cast<double>(summary_.samples);
    return std::move(summary_);
}

}  // namespace trommel::stages
