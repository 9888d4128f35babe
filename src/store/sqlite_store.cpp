#include "store/sqlite_store.hpp"

#include <fmt/format.h>

namespace trommel::store {

SqliteStore::SqliteStore(const std::filesystem::path& path, const SqliteOptions& options)
    : database_(path, options.busy_timeout) {
    prepare_schema(database_, options);
}

std::unique_ptr<Store> SqliteStore::reader() {
    auto reader = std::make_unique<SqliteStore>(
        database_.path(), SqliteOptions{.busy_timeout = database_.busy_timeout(), .max_bytes = 0});
    reader->database_.run("PRAGMA query_only = ON");
    return reader;
}

void SqliteStore::begin_reading() { database_.run("BEGIN"); }

void SqliteStore::end_reading() noexcept { database_.undo(); }

void SqliteStore::flush() { log_.flush(); }

std::int64_t SqliteStore::number_of(std::string_view table, const std::string& id) {
    const auto number =
        database_.find<std::int64_t>(fmt::format("SELECT number FROM {} WHERE id = ?", table), id);
    if (!number)
        throw StoreError(
            StoreError::Reason::not_found,
            fmt::format("{}: there is no '{}' among the {}; it was deleted, or belongs "
                        "to another database",
                        database_.path().string(),
                        id,
                        table));
    return *number;
}

std::unique_ptr<Store> open_sqlite(const std::filesystem::path& path, SqliteOptions options) {
    return std::make_unique<SqliteStore>(path, options);
}

}  // namespace trommel::store
