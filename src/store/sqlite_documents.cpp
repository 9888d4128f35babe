#include "store/sqlite_store.hpp"

#include <fmt/format.h>

namespace trommel::store {

namespace {

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

std::string SqliteStore::put_document(const Document& document) {
    Transaction transaction(database_);
    if (document.dataset) number_of("datasets", document.dataset->text());
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

std::optional<Document> SqliteStore::document(std::string_view kind, std::string_view id) {
    return first_of(read_documents(database_, "WHERE id = ? AND kind = ?", id, kind));
}

std::optional<Document> SqliteStore::find_document(const DocumentFilter& filter,
                                                   std::string_view key) {
    return first_of(read_documents(
        database_,
        "WHERE kind = ? AND coalesce(dataset, '') = coalesce(?, '') AND owner = ? AND key = ?",
        filter.kind,
        filter.dataset,
        filter.owner.value_or(""),
        key));
}

std::vector<Document> SqliteStore::documents(const DocumentFilter& filter) {
    return read_documents(
        database_,
        "WHERE kind = ?1 AND (?2 IS NULL OR dataset = ?2) AND (?3 IS NULL OR owner = ?3) ORDER BY "
        "number",
        filter.kind,
        filter.dataset,
        filter.owner);
}

void SqliteStore::delete_document(std::string_view kind, std::string_view id) {
    database_.run("DELETE FROM documents WHERE id = ? AND kind = ?", id, kind);
}

}  // namespace trommel::store
