#include "trommel/dataset/embeddings.hpp"

#include "trommel/core/name.hpp"
#include "trommel/dataset/csv.hpp"
#include "trommel/dataset/name_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <system_error>
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

class EmbeddingsReader {
public:
    explicit EmbeddingsReader(LineReader lines) : csv_(std::move(lines)) {}

    Embeddings read() {
        read_header();
        while (const auto record = csv_.next()) read_row(*record);
        if (embeddings_.names.empty()) csv_.fail("the file has a header but no rows");
        return std::move(embeddings_);
    }

private:
    void read_header() {
        const auto header = csv_.next();
        if (!header) csv_.fail("the file is empty; its first line must be the header");
        width_ = header->size();
        if (header->front() != "filenames")
            csv_.fail(
                fmt::format("the first column must be 'filenames', not '{}'", header->front()));
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
            csv_.fail(fmt::format("'{}' is no name of a sample: it {}", shown(name), *fault));
        if (record.size() != width_)
            csv_.fail(fmt::format(
                "sample '{}' has {} columns where the header has {}", name, record.size(), width_));
        const auto [first, is_new] = lines_.try_emplace(std::string(name), csv_.line());
        if (!is_new)
            csv_.fail(fmt::format(
                "sample '{}' appears a second time, first in line {}", name, first->second));
        for (std::size_t j = 0; j < columns_.size(); ++j) row_[j] = value(record, j);
        embeddings_.names.emplace_back(name);
        embeddings_.rows.append_row(row_);
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
    std::size_t width_ = 0;             ///< columns of the header
    std::vector<std::size_t> columns_;  ///< where embedding_<i> stands in a record
    std::vector<float> row_;
    NameMap<std::size_t> lines_;  ///< where each name appeared
    Embeddings embeddings_;
};

}  // namespace

Embeddings read_embeddings(const std::filesystem::path& path) {
    return EmbeddingsReader(LineReader::open(path)).read();
}

Embeddings parse_embeddings(std::string_view text, std::string name) {
    return EmbeddingsReader(LineReader::of_text(text, std::move(name))).read();
}

}  // namespace trommel::dataset
