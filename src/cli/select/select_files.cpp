#include "cli/select/select_files.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/embeddings.hpp"
#include "trommel/dataset/files/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trommel::cli {
namespace {

using selection::Pick;

std::optional<SampleIndex> parse_index(std::string_view text, std::size_t rows) {
    const auto number = parse_number(text);
    if (!number || *number < 0 || *number >= static_cast<double>(rows)) return std::nullopt;
    const auto index = static_cast<SampleIndex>(*number);
    if (static_cast<double>(index) != *number) return std::nullopt;
    return index;
}

/// Widened into memory: of half precision, or of Fortran's order.
Matrix read_all(const dataset::NpyArray& array) {
    Matrix matrix(array.rows(), array.cols());
    array.read<float>(0, array.rows(), matrix.values());
    return matrix;
}

std::vector<double> read_npy_scores(const std::filesystem::path& path, std::size_t rows) {
    const auto array = dataset::NpyArray::open(path);
    if (array.rows() != rows || array.cols() != 1) {
        throw DataError(
            fmt::format("{}: there are {} rows of {} numbers, but {} embeddings; give "
                        "one number a row",
                        path.string(),
                        array.rows(),
                        array.cols(),
                        rows));
    }
    std::vector<double> scores(rows);
    array.read<double>(0, rows, scores);
    return scores;
}

/// Reads the scores of one column, row by row, in any order.
class ScoreTable {
public:
    ScoreTable(const std::filesystem::path& path,
               const std::string& name,
               const EmbeddingFile& embeddings)
        : path_(path), embeddings_(embeddings), records_(dataset::LineReader::open(path)) {
        const auto header = records_.next();
        if (!header) throw DataError(fmt::format("{}: the file is empty", path.string()));
        column_ = find_column(*header, name);
    }

    std::vector<double> read() {
        const std::size_t rows = embeddings_.rows().count;
        std::vector<double> scores(rows);
        std::vector<bool> known(rows);
        while (const auto fields = records_.next()) {
            if (fields->size() == 1 && fields->front().empty()) continue;
            if (fields->size() <= column_) records_.fail("the row is too short");
            const auto place = fmt::format("{}:{}", path_.string(), records_.line());
            const auto sample = embeddings_.find(fields->front(), place);
            if (known[sample]) records_.fail("the sample has a score already", fields->front());
            const auto score = parse_number((*fields)[column_]);
            if (!score) records_.fail("the score is not a number", fields->front());
            scores[sample] = *score;
            known[sample] = true;
        }
        const auto missing = std::ranges::find(known, false);
        if (missing == known.end()) return scores;
        throw DataError(
            fmt::format("{}: sample '{}' has no score; give every sample one",
                        path_.string(),
                        embeddings_.name(static_cast<SampleIndex>(missing - known.begin()))));
    }

private:
    std::size_t find_column(std::span<const std::string_view> header, const std::string& name) {
        if (name.empty() && header.size() == 2) return 1;
        const auto found = std::ranges::find(header, name);
        if (!name.empty() && found != header.end())
            return static_cast<std::size_t>(found - header.begin());
        throw DataError(fmt::format("{}: {}; its columns are {}",
                                    path_.string(),
                                    name.empty()
                                        ? "there are several scores, so name one by --score"
                                        : fmt::format("there is no score '{}'", name),
                                    fmt::join(header, ", ")));
    }

    std::filesystem::path path_;
    const EmbeddingFile& embeddings_;
    dataset::CsvReader records_;
    std::size_t column_ = 0;
};

std::string text_of(const std::optional<double>& value) { return value ? shortest(*value) : ""; }

/// The header of numpy's format, version 1.0, padded so that the numbers begin at a multiple of 64.
std::string npy_header(std::size_t count) {
    std::string header =
        fmt::format("{{'descr': '<i8', 'fortran_order': False, 'shape': ({},), }}", count);
    constexpr std::size_t before = 10;
    header.resize((before + header.size() + 64) / 64 * 64 - before - 1, ' ');
    header += '\n';
    std::string text("\x93NUMPY\x01\x00", 8);
    text += static_cast<char>(header.size() % 256);
    text += static_cast<char>(header.size() / 256);
    return text + header;
}

std::string picks_as_npy(std::span<const Pick> picks) {
    std::string text = npy_header(picks.size());
    for (const auto& pick : picks) {
        for (unsigned byte = 0; byte < 8; ++byte)
            text += static_cast<char>(static_cast<std::uint64_t>(pick.sample) >> 8U * byte & 0xFFU);
    }
    return text;
}

}  // namespace

EmbeddingFile::EmbeddingFile(const std::filesystem::path& path) : path_(path) {
    if (path.extension() == ".npy") {
        array_ = dataset::NpyArray::open(path, dataset::Uint16::is_bfloat16);
        if (!array_->view<float>()) matrix_ = read_all(*array_);
        return;
    }
    auto embeddings = dataset::read_embeddings(path);
    matrix_ = std::move(embeddings.rows);
    names_ = std::move(embeddings.names);
    by_name_.resize(names_.size());
    std::iota(by_name_.begin(), by_name_.end(), SampleIndex{0});
    std::ranges::sort(
        by_name_, {}, [&](SampleIndex sample) -> const std::string& { return names_[sample]; });
}

selection::Rows EmbeddingFile::rows() const {
    if (!array_ || !matrix_.empty()) return selection::Rows(matrix_);
    const auto view = array_->view<float>();
    return {view->values, view->rows, view->cols};
}

std::string EmbeddingFile::name(SampleIndex sample) const {
    return names_.empty() ? std::to_string(sample) : names_[sample];
}

SampleIndex EmbeddingFile::find(std::string_view text, std::string_view where) const {
    if (names_.empty()) {
        if (const auto index = parse_index(text, rows().count)) return *index;
        throw DataError(fmt::format("{}: '{}' is not a row of the embeddings, which are 0 to {}",
                                    where,
                                    text,
                                    rows().count - 1));
    }
    const auto found = std::ranges::lower_bound(
        by_name_, text, {}, [&](SampleIndex sample) -> std::string_view { return names_[sample]; });
    if (found != by_name_.end() && names_[*found] == text) return *found;
    throw DataError(fmt::format("{}: '{}' has no embedding", where, text));
}

void EmbeddingFile::check() const {
    if (array_) array_->check();
}

void EmbeddingFile::check_finite() const {
    const auto all = rows();
    for (SampleIndex row = 0; row < all.count; ++row) {
        const auto* values = static_cast<const float*>(all.at(row));
        const auto* bad = std::find_if_not(
            values, values + all.dimensions, [](float x) { return std::isfinite(x); });
        if (bad == values + all.dimensions) continue;
        throw DataError(fmt::format(
            "{}: row {}{}, column {}, counted from 0: {} is not a finite number; every value of an "
            "embedding must be one",
            path_.string(),
            row,
            names_.empty() ? "" : fmt::format(" ('{}')", names_[row]),
            bad - values,
            shortest(*bad)));
    }
}

std::vector<SampleIndex> read_samples(const std::filesystem::path& path,
                                      const EmbeddingFile& embeddings) {
    std::vector<SampleIndex> samples;
    auto lines = dataset::LineReader::open(path);
    while (const auto text = lines.next()) {
        const auto name = trim(*text);
        if (name.empty()) continue;
        samples.push_back(embeddings.find(name, fmt::format("{}:{}", path.string(), lines.line())));
    }
    std::ranges::sort(samples);
    const auto twice = std::ranges::adjacent_find(samples);
    if (twice == samples.end()) return samples;
    throw DataError(
        fmt::format("{}: sample '{}' is there twice", path.string(), embeddings.name(*twice)));
}

std::vector<double> read_scores(const std::filesystem::path& path,
                                const std::string& name,
                                const EmbeddingFile& embeddings) {
    if (path.extension() == ".npy") return read_npy_scores(path, embeddings.rows().count);
    return ScoreTable(path, name, embeddings).read();
}

Probabilities read_probabilities(const std::filesystem::path& path,
                                 const EmbeddingFile& embeddings) {
    const auto array = dataset::NpyArray::open(path);
    if (array.rows() != embeddings.rows().count) {
        throw DataError(
            fmt::format("{}: there are {} rows of probabilities, but {} embeddings; give a row of "
                        "one number a class for each",
                        path.string(),
                        array.rows(),
                        embeddings.rows().count));
    }
    Probabilities probabilities(array.rows(), array.cols());
    array.read<double>(0, array.rows(), probabilities.values());
    return probabilities;
}

std::string picks_as_csv(std::span<const Pick> picks, const EmbeddingFile& embeddings) {
    std::string text = "rank,sample,name,score,distance,nearest\n";
    for (std::size_t i = 0; i < picks.size(); ++i) {
        const auto& pick = picks[i];
        text += fmt::format("{},{},{},{},{},{}\n",
                            i + 1,
                            pick.sample,
                            csv_field(embeddings.name(pick.sample)),
                            text_of(pick.score),
                            text_of(pick.distance),
                            pick.nearest ? csv_field(embeddings.name(*pick.nearest)) : "");
    }
    return text;
}

void write_picks(const std::filesystem::path& path,
                 std::span<const Pick> picks,
                 const EmbeddingFile& embeddings) {
    replace_file(
        path, path.extension() == ".npy" ? picks_as_npy(picks) : picks_as_csv(picks, embeddings));
}

}  // namespace trommel::cli
