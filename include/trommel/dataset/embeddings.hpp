#pragma once

#include "trommel/core/matrix.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

/// One vector a sample.
struct Embeddings {
    std::vector<std::string> names;  ///< (samples), no two alike
    Matrix rows;                     ///< (samples, dimensions), all finite
};

/// Reads Lightly's embeddings CSV: `filenames,embedding_0,…,embedding_<d-1>,labels`.
///
/// The columns `selected`, `masked` and `al_score`, which Lightly's worker adds, are accepted and,
/// as `labels`, not kept. Throws DataError, naming line and sample, on a header that is not of this
/// form, a short or long row, a value that is not a finite number, an empty name, a name that
/// appears twice, and a file without rows.
Embeddings read_embeddings(const std::filesystem::path& path);

/// Throws as read_embeddings where the header or the first row is none; reads no further.
void check_embeddings(const std::filesystem::path& path);

/// The same from memory; errors call the text `name`.
Embeddings parse_embeddings(std::string_view text, std::string name);

/// What a file has for samples that are known.
struct EmbeddingsOfNames {
    Matrix rows;                           ///< (names, dimensions), in the order of the names
    std::size_t count = 0;                 ///< rows of the file, also those of other samples
    std::optional<std::size_t> missing{};  ///< the first name that has no row
};

/// The rows of these names, whatever their order in the file. Takes memory by the names alone, so
/// that a file of strangers cannot take more; rows of other names are read and left out.
EmbeddingsOfNames read_embeddings_of(const std::filesystem::path& path,
                                     const std::vector<std::string>& names);

}  // namespace trommel::dataset
