// Whether a database is whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::store {

/// What SQLite's integrity_check and foreign_key_check find in a database, and values that are not
/// those which were written, a clause each; nothing where it is whole. Reads all of it and changes
/// nothing. Throws StoreError where it cannot be opened.
std::vector<std::string> integrity_faults(const std::filesystem::path& file);

/// The ids in a table: `datasets`, `embeddings`. Throws StoreError.
std::vector<std::string> known_ids(const std::filesystem::path& file, std::string_view table);

}  // namespace trommel::store
