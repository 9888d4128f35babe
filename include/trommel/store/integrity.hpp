// Whether a database is whole.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace trommel::store {

/// What SQLite's integrity_check and foreign_key_check find in a database, a clause each; nothing
/// where it is whole. Reads all of it and changes nothing. Throws StoreError where it cannot be
/// opened.
std::vector<std::string> integrity_faults(const std::filesystem::path& file);

}  // namespace trommel::store
