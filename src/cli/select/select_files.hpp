// The files of `trommel select`.
#pragma once

#include "trommel/dataset/files/npy.hpp"
#include "trommel/selection/select.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trommel::cli {

/// Embeddings of a .npy file, mapped where they are single-precision and in C's order and else
/// read, or of Lightly's CSV.
class EmbeddingFile {
public:
    explicit EmbeddingFile(const std::filesystem::path& path);

    /// Of the file or of what was read of it; this object keeps them.
    selection::Rows rows() const;

    /// Empty where rows have no names and are called by their numbers, from 0.
    const std::vector<std::string>& names() const { return names_; }

    /// What a row is called.
    std::string name(SampleIndex sample) const;

    /// The row that `text` calls. Throws DataError, beginning with `where`, if none is.
    SampleIndex find(std::string_view text, std::string_view where) const;

    /// Throws DataError if the file has become shorter meanwhile.
    void check() const;

    /// Throws DataError with the first row that has a value which is not a finite number.
    void check_finite() const;

private:
    std::filesystem::path path_;
    std::vector<std::string> names_{};
    std::vector<SampleIndex> by_name_{};  ///< ascending by name
    std::optional<dataset::NpyArray> array_{};
    Matrix matrix_{};
};

/// The samples that a file names, one a line, ascending.
std::vector<SampleIndex> read_samples(const std::filesystem::path& path,
                                      const EmbeddingFile& embeddings);

/// A score for each row: of a .npy file with one number a row, or of the column `name` of a CSV
/// file whose first column has the names. An empty `name` is the only column, or the second of two.
std::vector<double> read_scores(const std::filesystem::path& path,
                                const std::string& name,
                                const EmbeddingFile& embeddings);

/// The probabilities of classes (rows, classes) for each row, of a .npy file.
Probabilities read_probabilities(const std::filesystem::path& path,
                                 const EmbeddingFile& embeddings);

/// Writes the picks in their order: as CSV with all that is known of each, or their row numbers as
/// a .npy of 64-bit integers.
void write_picks(const std::filesystem::path& path,
                 std::span<const selection::Pick> picks,
                 const EmbeddingFile& embeddings);

/// `rank,sample,name,score,distance,nearest` and a line for each pick.
std::string picks_as_csv(std::span<const selection::Pick> picks, const EmbeddingFile& embeddings);

}  // namespace trommel::cli
