#pragma once

#include "trommel/core/matrix.hpp"

#include <filesystem>
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

/// The same from memory; errors call the text `name`.
Embeddings parse_embeddings(std::string_view text, std::string name);

}  // namespace trommel::dataset
