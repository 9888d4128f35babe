#include "store/sqlite_served_store.hpp"

#include "store/sqlite_removal.hpp"

#include <fmt/format.h>

namespace trommel::store {

namespace {

SampleDetails read_details(const Statement& row) {
    return {.sample = row.get<SampleIndex>(0),
            .body = row.get<std::string>(1),
            .created_at = row.get<Timestamp>(2),
            .changed_at = row.get<Timestamp>(3)};
}

constexpr std::string_view select_documents =
    "SELECT id, kind, dataset, owner, key, body, created_at, changed_at FROM documents ";

Document read_document(const Statement& row) {
    return {.id = row.get<std::string>(0),
            .kind = row.get<std::string>(1),
            .dataset = row.get<std::optional<DatasetId>>(2),
            .owner = row.get<std::string>(3),
            .key = row.get<std::string>(4),
            .body = row.get<std::string>(5),
            .created_at = row.get<Timestamp>(6),
            .changed_at = row.get<Timestamp>(7)};
}

template <typename... Args>
std::vector<Document> read_documents(Database& database,
                                     std::string_view where,
                                     const Args&... args) {
    std::vector<Document> documents;
    Statement row(database, fmt::format("{}{}", select_documents, where));
    row.bind(args...);
    while (row.step()) documents.push_back(read_document(row));
    return documents;
}

std::optional<Document> first_of(std::vector<Document> documents) {
    if (documents.empty()) return std::nullopt;
    return std::move(documents.front());
}

}  // namespace

SqliteServedStore::SqliteServedStore(const std::filesystem::path& path,
                                     const SqliteOptions& options,
                                     Datasets datasets)
    : database_(path, options.busy_timeout), datasets_(datasets) {
    prepare_schema(database_, options);
}

std::optional<std::int64_t> SqliteServedStore::find_number(const DatasetId& dataset) {
    return database_.find<std::int64_t>("SELECT number FROM datasets WHERE id = ?", dataset);
}

std::int64_t SqliteServedStore::number_to_keep_under(const DatasetId& dataset) {
    if (datasets_ == Datasets::elsewhere)
        database_.run(
            "INSERT INTO datasets (id, name, sample_count, created_at) VALUES (?1, ?1, 0, 0) ON "
            "CONFLICT DO NOTHING",
            dataset);
    const auto number = find_number(dataset);
    if (!number)
        throw StoreError(StoreError::Reason::not_found,
                         fmt::format("{}: there is no dataset '{}'; it was deleted, or belongs to "
                                     "another database",
                                     database_.path().string(),
                                     dataset.text()));
    return *number;
}

void SqliteServedStore::put_sample_details(const DatasetId& dataset,
                                           std::span<const SampleDetails> details) {
    Transaction transaction(database_);
    const auto number = number_to_keep_under(dataset);
    Statement insert(database_,
                     "INSERT INTO sample_details VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                     "body = excluded.body, changed_at = excluded.changed_at");
    for (const auto& each : details)
        insert.bind(number, each.sample, each.body, each.created_at, each.changed_at).run();
    transaction.commit();
}

std::vector<SampleDetails> SqliteServedStore::sample_details(const DatasetId& dataset,
                                                             Slice slice) {
    std::vector<SampleDetails> details;
    const auto number = find_number(dataset);
    if (!number) return details;
    Statement row(database_,
                  "SELECT place, body, created_at, changed_at FROM sample_details WHERE dataset = "
                  "?1 AND place >= ?2 AND place < ?2 + ?3 ORDER BY place");
    row.bind(*number, slice.first, slice.count);
    while (row.step()) details.push_back(read_details(row));
    return details;
}

std::string SqliteServedStore::put_document(const Document& document) {
    Transaction transaction(database_);
    if (document.dataset) number_to_keep_under(*document.dataset);
    auto id = *database_.find<std::string>(
        "INSERT INTO documents (id, kind, dataset, owner, key, body, created_at, changed_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, coalesce(dataset, ''), owner, key) DO "
        "UPDATE SET body = excluded.body, changed_at = excluded.changed_at RETURNING id",
        document.id,
        document.kind,
        document.dataset,
        document.owner,
        document.key,
        document.body,
        document.created_at,
        document.changed_at);
    transaction.commit();
    return id;
}

std::optional<Document> SqliteServedStore::document(std::string_view kind, std::string_view id) {
    return first_of(read_documents(database_, "WHERE id = ? AND kind = ?", id, kind));
}

std::optional<Document> SqliteServedStore::find_document(const DocumentFilter& filter,
                                                         std::string_view key) {
    return first_of(read_documents(
        database_,
        "WHERE kind = ? AND coalesce(dataset, '') = coalesce(?, '') AND owner = ? AND key = ?",
        filter.kind,
        filter.dataset,
        filter.owner.value_or(""),
        key));
}

std::vector<Document> SqliteServedStore::documents(const DocumentFilter& filter) {
    return read_documents(
        database_,
        "WHERE kind = ?1 AND (?2 IS NULL OR dataset = ?2) AND (?3 IS NULL OR owner = ?3) ORDER BY "
        "number",
        filter.kind,
        filter.dataset,
        filter.owner);
}

void SqliteServedStore::delete_document(std::string_view kind, std::string_view id) {
    Transaction transaction(database_);
    database_.run("DELETE FROM documents WHERE id = ? AND kind = ?", id, kind);
    transaction.commit();
}

void SqliteServedStore::forget_dataset(const DatasetId& id) {
    if (datasets_ == Datasets::in_this_database) return;
    Transaction transaction(database_);
    hide_dataset(database_, id);
    transaction.commit();
}

bool SqliteServedStore::remove_some() {
    return datasets_ == Datasets::elsewhere && remove_some_rows(database_);
}

std::unique_ptr<ServedStore> SqliteServedStore::reader() {
    auto reader = std::make_unique<SqliteServedStore>(
        database_.path(),
        SqliteOptions{.busy_timeout = database_.busy_timeout(), .max_bytes = 0},
        datasets_);
    reader->database_.run("PRAGMA query_only = ON");
    return reader;
}

void SqliteServedStore::flush() { log_.flush(); }

std::unique_ptr<ServedStore> open_served_sqlite(const std::filesystem::path& path,
                                                SqliteOptions options) {
    return std::make_unique<SqliteServedStore>(
        path, options, SqliteServedStore::Datasets::in_this_database);
}

std::unique_ptr<ServedStore> open_separate_sqlite(const std::filesystem::path& path,
                                                  SqliteOptions options) {
    return std::make_unique<SqliteServedStore>(
        path, options, SqliteServedStore::Datasets::elsewhere);
}

}  // namespace trommel::store
