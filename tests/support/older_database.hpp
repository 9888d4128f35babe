// A platform's database as the version before left it.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace trommel::test {

/// Undoes the migrations since. One that is added has to be undone here too, but for columns of
/// jobs, of which all go that version 5 did not have.
inline void make_version_5(const std::filesystem::path& file) {
    sqlite3* database = nullptr;
    std::string script =
        "ALTER TABLE score_chunks DROP COLUMN checksum;"
        "ALTER TABLE embedding_chunks DROP COLUMN checksum;"
        "ALTER TABLE tags DROP COLUMN mask_checksum;"
        "ALTER TABLE datasets DROP COLUMN adding;"
        "PRAGMA user_version = 5;";
    const auto* newer_columns =
        "SELECT 'ALTER TABLE jobs DROP COLUMN ' || name || ';' FROM pragma_table_info('jobs') "
        "WHERE name NOT IN ('number', 'id', 'dataset', 'state', 'new_tag_name', 'strategy', "
        "'query', 'preselected', 'samples', 'min_distance', 'embedding', 'score_type', 'score', "
        "'seed', 'round', 'result', 'error', 'created_at', 'key', 'settings', 'similar_to', "
        "'ending', 'goals', 'thresholds', 'proportion', 'memory', 'finished_at')";
    const auto add = [](void* text, int, char** columns, char**) {
        *static_cast<std::string*>(text) += columns[0];
        return 0;
    };
    const bool is_done =
        sqlite3_open(file.c_str(), &database) == SQLITE_OK &&
        sqlite3_exec(database, newer_columns, add, &script, nullptr) == SQLITE_OK &&
        sqlite3_exec(database, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    if (!is_done) throw std::runtime_error("the database could not be made one of version 5");
}

}  // namespace trommel::test
