// A copy of a database as it is at one moment, while others work in it.
#pragma once

#include <filesystem>

namespace trommel::store {

/// Whether the file begins as an SQLite database does.
bool is_sqlite(const std::filesystem::path& file);

/// Copies the database `from`, with what appears in its log, to `to`, which must not be there, and
/// brings the copy to the disk. Writers go on meanwhile; what they write is not in the copy. Throws
/// StoreError.
void copy_sqlite(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace trommel::store
