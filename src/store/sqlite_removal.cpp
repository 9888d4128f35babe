#include "store/sqlite_removal.hpp"

#include "store/sqlite_store.hpp"

#include <sqlite3.h>

#include <array>

namespace trommel::store {

namespace {

std::string hidden_id(Database& database) { return "deleted:" + database.random_name(); }

/// Ids change together with the rows that name them: the keys are looked at when all have.
void hide_rows(Database& database, const std::string& id, const std::string& hidden) {
    constexpr std::array steps{
        "UPDATE datasets SET id = ?2, name = ?2 WHERE id = ?1",
        "DELETE FROM documents WHERE dataset = ?1",
        "DELETE FROM uploads WHERE tag IN (SELECT id FROM tags WHERE dataset = ?1)",
        "UPDATE scores SET tag = ?2 || (SELECT number FROM tags WHERE tags.id = scores.tag) WHERE "
        "tag IN (SELECT id FROM tags WHERE dataset = ?1)",
        "UPDATE jobs SET dataset = ?2, id = ?2 || number, key = NULL, result = NULL, state = "
        "'FAILED' WHERE dataset = ?1",
        "UPDATE tags SET dataset = ?2, id = ?2 || number, previous = NULL, query = NULL, "
        "preselected = NULL WHERE dataset = ?1",
        "UPDATE embeddings SET dataset = ?2, id = ?2 || number WHERE dataset = ?1"};
    for (const auto* step : steps) database.run(step, id, hidden);
}

// Each takes some ten milliseconds. Chunks are of half a MiB, the other rows of tens of bytes.
constexpr std::array removals{
    "DELETE FROM embedding_chunks WHERE rowid IN (SELECT chunks.rowid FROM embeddings JOIN "
    "embedding_chunks AS chunks ON chunks.embedding = embeddings.number WHERE embeddings.id GLOB "
    "'deleted:*' LIMIT 8)",
    "DELETE FROM score_chunks WHERE rowid IN (SELECT chunks.rowid FROM scores JOIN score_chunks AS "
    "chunks ON chunks.score = scores.number WHERE scores.tag GLOB 'deleted:*' LIMIT 8)",
    "DELETE FROM picks WHERE (job, place) IN (SELECT job, place FROM jobs JOIN picks ON picks.job "
    "= jobs.number WHERE jobs.id GLOB 'deleted:*' LIMIT 2000)",
    "DELETE FROM sample_details WHERE (dataset, place) IN (SELECT dataset, place FROM datasets "
    "JOIN sample_details ON sample_details.dataset = datasets.number WHERE datasets.id GLOB "
    "'deleted:*' LIMIT 2000)",
    "DELETE FROM samples WHERE (dataset, place) IN (SELECT dataset, place FROM datasets JOIN "
    "samples ON samples.dataset = datasets.number WHERE datasets.id GLOB 'deleted:*' LIMIT 2000)",
    "DELETE FROM embeddings WHERE id GLOB 'deleted:*'",
    "DELETE FROM datasets WHERE id GLOB 'deleted:*'"};

bool has_hidden(Database& database) {
    return database
        .find<int>(
            "SELECT 1 FROM datasets WHERE id GLOB 'deleted:*' UNION ALL SELECT 1 FROM embeddings "
            "WHERE id GLOB 'deleted:*' LIMIT 1")
        .has_value();
}

}  // namespace

void hide_dataset(Database& database, const DatasetId& id) {
    // Not as a Statement: this takes effect where it is prepared, and those are used again.
    const int code = sqlite3_exec(
        database.handle(), "PRAGMA defer_foreign_keys = ON", nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) database.fail(code);
    hide_rows(database, id.text(), hidden_id(database));
}

bool remove_some_rows(Database& database) {
    if (!has_hidden(database)) return false;
    Transaction transaction(database);
    std::int64_t removed = 0;
    for (std::size_t i = 0; i < removals.size() && removed == 0; ++i) {
        database.run(removals[i]);
        removed = database.changes();
    }
    transaction.commit();
    return removed > 0;
}

void SqliteStore::delete_dataset(const DatasetId& id) {
    Transaction transaction(database_);
    number_of("datasets", id.text());
    hide_dataset(database_, id);
    transaction.commit();
}

void SqliteStore::delete_embedding(const EmbeddingId& id) {
    Transaction transaction(database_);
    number_of("embeddings", id.text());
    check_unread("embedding", id.text(), "the embeddings cannot be deleted");
    database_.run(
        "UPDATE embeddings SET id = ?2, name = ?2 WHERE id = ?1", id, hidden_id(database_));
    transaction.commit();
}

bool SqliteStore::remove_some() { return remove_some_rows(database_); }

}  // namespace trommel::store
