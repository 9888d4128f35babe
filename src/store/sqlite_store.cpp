#include "store/sqlite_store.hpp"

#include "store/sqlite_schema.hpp"

#include <fmt/format.h>

namespace trommel::store {

namespace {

void bound_size(Database& database, std::uint64_t max_bytes) {
    if (max_bytes == 0) return;
    const auto page = *database.find<std::uint64_t>("PRAGMA page_size");
    database.run(fmt::format("PRAGMA max_page_count = {}", max_bytes / page + 1));
}

}  // namespace

SqliteStore::SqliteStore(const std::filesystem::path& path, const SqliteOptions& options)
    : database_(path, options.busy_timeout) {
    prepare_schema(database_);
    bound_size(database_, options.max_bytes);
}

void SqliteStore::flush() {
    const auto changes = database_.all_changes();
    if (changes == flushed_) return;
    sync_log(database_);
    flushed_ = changes;
}

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

std::unique_ptr<ServedStore> open_served_sqlite(const std::filesystem::path& path,
                                                SqliteOptions options) {
    return std::make_unique<SqliteStore>(path, options);
}

}  // namespace trommel::store
