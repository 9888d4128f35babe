#pragma once

#include "trommel/dataset/name_map.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

struct Label {
    std::size_t class_index = 0;  ///< into LabelTable::class_names
    std::size_t line = 0;         ///< where the file says so, for messages
};

/// What an oracle says about samples.
struct LabelTable {
    /// Every class that appears, sorted: as numbers if all are integers, else by their bytes.
    std::vector<std::string> class_names;
    NameMap<Label> labels;

    /// The label of the sample, or null.
    const Label* find(std::string_view name) const;
};

/// Reads a CSV with a header, a column `file_name` (or `filenames`) and a column `label` (or
/// `labels`); other columns are not read, so Lightly's embeddings CSV serves too.
///
/// Throws DataError, naming line and sample, on a header without these, a short or long row, an
/// empty name or label, a sample that appears twice, and a file without rows.
LabelTable read_labels(const std::filesystem::path& path);

/// Throws as read_labels where the header or the first row is none; reads no further.
void check_labels(const std::filesystem::path& path);

/// The same from memory; errors call the text `name`.
LabelTable parse_labels(std::string_view text, std::string name);

}  // namespace trommel::dataset
