// A platform's database as the version before left it.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

namespace trommel::test {

/// Undoes the migrations since. A migration that is added has to be undone here too.
inline void make_version_5(const std::filesystem::path& file) {
    sqlite3* database = nullptr;
    const auto* script =
        "ALTER TABLE score_chunks DROP COLUMN checksum;"
        "ALTER TABLE embedding_chunks DROP COLUMN checksum;"
        "ALTER TABLE tags DROP COLUMN mask_checksum;"
        "ALTER TABLE datasets DROP COLUMN adding;"
        "ALTER TABLE jobs DROP COLUMN recall;"
        "PRAGMA user_version = 5;";
    const bool is_done = sqlite3_open(file.c_str(), &database) == SQLITE_OK &&
                         sqlite3_exec(database, script, nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    if (!is_done) throw std::runtime_error("the database could not be made one of version 5");
}

}  // namespace trommel::test
