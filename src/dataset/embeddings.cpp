#include "trommel/dataset/embeddings.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/name.hpp"
#include "trommel/dataset/files/csv.hpp"
#include "trommel/dataset/name_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace trommel::dataset {

namespace {

using CsvRecord = std::span<const std::string_view>;

constexpr std::array<std::string_view, 4> other_columns{"labels", "selected", "masked", "al_score"};

/// What all of `text` spells, as Number; out of range is told apart from not a number.
template <typename Number>
std::pair<Number, std::errc> parsed(std::string_view text) {
    Number value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (stop != end) return {value, std::errc::invalid_argument};
    return {value, error};
}

/// The float nearest to the number spelled, which for a very small one is zero; nothing if there is
/// no finite one.
std::optional<float> parse_float(std::string_view text) {
    auto [value, error] = parsed<float>(text);
    if (error == std::errc::result_out_of_range) {
        const auto [wide, wide_error] = parsed<double>(text);
        if (wide_error != std::errc{} || std::abs(wide) > 1) return std::nullopt;
        return static_cast<float>(wide);
    }
    if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// Reads the rows one after another; `Rows` keeps them.
template <typename Rows>
class EmbeddingsReader {
public:
    EmbeddingsReader(LineReader lines, Rows& rows) : csv_(std::move(lines)), rows_(rows) {}

    void read() {
        read_first();
        while (const auto record = csv_.next()) read_row(*record);
    }

    /// The header and the first row.
    void read_first() {
        read_header();
        const auto record = csv_.next();
        if (!record) csv_.fail("the file has a header but no rows");
        read_row(*record);
    }

private:
    void read_header() {
        const auto header = csv_.next();
        if (!header) csv_.fail("the file is empty; its first line must be the header");
        width_ = header->size();
        if (header->front() != "filenames")
            csv_.fail(fmt::format("the first column must be 'filenames', not '{}'",
                                  shown(header->front())));
        for (std::size_t column = 1; column < width_; ++column) check_column(*header, column);
        if (std::ranges::find(*header, "labels") == header->end())
            csv_.fail("there is no column 'labels', which Lightly's format ends with");
        if (columns_.empty()) csv_.fail("there is no column 'embedding_0'");
        row_.resize(columns_.size());
    }

    void check_column(CsvRecord header, std::size_t column) {
        const auto name = header[column];
        if (name == fmt::format("embedding_{}", columns_.size())) {
            columns_.push_back(column);
            return;
        }
        if (name.starts_with("embedding_"))
            csv_.fail(fmt::format(
                "column {} is '{}' where 'embedding_{}' is expected; embedding columns must be in "
                "order, from 0",
                column + 1,
                name,
                columns_.size()));
        if (std::ranges::find(other_columns, name) == other_columns.end())
            csv_.fail(fmt::format(
                "column '{}' is unknown; beside 'filenames' and 'embedding_<i>' there may be {}",
                name,
                fmt::join(other_columns, ", ")));
        if (std::ranges::count(header, name) > 1)
            csv_.fail(fmt::format("column '{}' appears twice", name));
    }

    void read_row(CsvRecord record) {
        const auto name = record.front();
        if (name.empty())
            csv_.fail(record.size() == 1 ? "the line is empty" : "the file name is empty");
        if (const auto fault = fault_of_name(name))
            csv_.fail(fmt::format("'{}' is not a name of a sample: it {}", shown(name), *fault));
        if (record.size() != width_)
            csv_.fail(fmt::format(
                "sample '{}' has {} columns where the header has {}", name, record.size(), width_));
        for (std::size_t j = 0; j < columns_.size(); ++j) row_[j] = value(record, j);
        if (const auto first = rows_.put(name, csv_.line(), row_); first != 0)
            csv_.fail(
                fmt::format("sample '{}' appears a second time, first in line {}", name, first));
    }

    float value(CsvRecord record, std::size_t dimension) const {
        const auto text = record[columns_[dimension]];
        const auto value = parse_float(text);
        if (!value)
            csv_.fail(fmt::format("sample '{}': embedding_{} is '{}', which is not a finite number",
                                  record.front(),
                                  dimension,
                                  text));
        return *value;
    }

    CsvReader csv_;
    Rows& rows_;
    std::size_t width_ = 0;             ///< columns of the header
    std::vector<std::size_t> columns_;  ///< where embedding_<i> appears in a record
    std::vector<float> row_;
};

/// All rows, in the order in which they come.
class AllRows {
public:
    /// The line in which the name has appeared before, or 0.
    std::size_t put(std::string_view name, std::size_t line, std::span<const float> row) {
        const auto [first, is_new] = lines_.try_emplace(std::string(name), line);
        if (!is_new) return first->second;
        embeddings.names.emplace_back(name);
        embeddings.rows.append_row(row);
        return 0;
    }

    Embeddings embeddings;

private:
    NameMap<std::size_t> lines_;  ///< where each name appeared
};

/// The rows of known names, each at its place. What this takes does not grow with the file.
class RowsOf {
public:
    /// `most_values` is what a file of its size can hold.
    RowsOf(const std::vector<std::string>& names, std::uint64_t most_values)
        : most_values_(most_values), lines_(names.size()) {
        places_.reserve(names.size());
        for (std::size_t i = 0; i < names.size(); ++i) places_.emplace(names[i], i);
    }

    std::size_t put(std::string_view name, std::size_t line, std::span<const float> row) {
        ++found.count;
        const auto place = places_.find(name);
        if (place == places_.end()) return 0;
        auto& first = lines_[place->second];
        if (first != 0) return first;
        first = line;
        if (found.rows.rows() == 0) make_room(row.size());
        std::ranges::copy(row, found.rows.row(place->second).begin());
        return 0;
    }

    void note_missing() {
        const auto missing = std::ranges::find(lines_, std::size_t{0});
        if (missing != lines_.end())
            found.missing = static_cast<std::size_t>(missing - lines_.begin());
    }

    EmbeddingsOfNames found;

private:
    /// One row must not make room for more than the file can fill.
    void make_room(std::size_t dimensions) {
        if (dimensions > most_values_ / lines_.size())
            throw DataError(
                fmt::format("the file is too small for {} rows of {} values; give one row for each "
                            "sample",
                            lines_.size(),
                            dimensions));
        found.rows = Matrix(lines_.size(), dimensions);
    }

    std::uint64_t most_values_;
    std::unordered_map<std::string_view, std::size_t> places_;
    std::vector<std::size_t> lines_;  ///< in which each name appeared; 0: it has not
};

Embeddings read_all(LineReader lines) {
    AllRows all;
    EmbeddingsReader(std::move(lines), all).read();
    return std::move(all.embeddings);
}

}  // namespace

Embeddings read_embeddings(const std::filesystem::path& path) {
    return read_all(LineReader::open(path));
}

void check_embeddings(const std::filesystem::path& path) {
    AllRows first;
    EmbeddingsReader(LineReader::open(path), first).read_first();
}

Embeddings parse_embeddings(std::string_view text, std::string name) {
    return read_all(LineReader::of_text(text, std::move(name)));
}

EmbeddingsOfNames read_embeddings_of(const std::filesystem::path& path,
                                     const std::vector<std::string>& names) {
    constexpr std::uint64_t fewest_bytes = 2;  // of a value: a digit and its comma
    RowsOf rows(names, std::filesystem::file_size(path) / fewest_bytes);
    EmbeddingsReader(LineReader::open(path), rows).read();
    rows.note_missing();
    return std::move(rows.found);
}

}  // namespace trommel::dataset
