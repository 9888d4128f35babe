#include "store/checksum.hpp"
#include "store/sqlite_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace trommel::store {

namespace {

// A chunk of half a MiB is written with few calls and read without a large buffer.
constexpr std::size_t chunk_values = 65536;

constexpr std::string_view embedding_columns =
    "SELECT id, dataset, name, row_count, dimensions, created_at FROM embeddings ";

Embedding read_embedding(const Statement& row) {
    return {.id = row.get<EmbeddingId>(0),
            .dataset = row.get<DatasetId>(1),
            .name = row.get<std::string>(2),
            .rows = row.get<std::size_t>(3),
            .dimensions = row.get<std::size_t>(4),
            .created_at = row.get<Timestamp>(5)};
}

/// Writes `values` as chunk rows of `insert` (owner, place, bytes, checksum), `length` values a
/// chunk.
template <typename T>
void write_chunks(Statement& insert,
                  std::int64_t owner,
                  std::span<const T> values,
                  std::size_t length) {
    for (std::size_t start = 0, place = 0; start < values.size(); start += length, ++place) {
        const auto chunk = values.subspan(start, std::min(length, values.size() - start));
        const auto bytes = std::as_bytes(chunk);
        insert.bind(owner, place, bytes, checksum(bytes)).run();
    }
}

/// Fills `values` from the chunks (bytes, checksum) that `row` steps through.
template <typename T>
void read_chunks(const Database& database, Statement& row, std::span<T> values) {
    auto left = std::as_writable_bytes(values);
    while (row.step()) {
        const auto chunk = row.bytes(0);
        if (chunk.size() > left.size()) database.fail_damaged("a column is longer than it says");
        check(database, chunk, row.get<std::optional<std::int64_t>>(1), "the values of a column");
        if (!chunk.empty()) std::memcpy(left.data(), chunk.data(), chunk.size());
        left = left.subspan(chunk.size());
    }
    if (!left.empty()) database.fail_damaged("a column is shorter than it says");
}

}  // namespace

void SqliteStore::add_embedding(const Embedding& embedding, const Matrix& rows) {
    Transaction transaction(database_);
    number_of("datasets", embedding.dataset.text());
    if (this->embedding(embedding.id))
        throw StoreError(StoreError::Reason::exists,
                         "these embeddings have been added already, and stay as they are");
    if (database_.find<int>("SELECT 1 FROM embeddings WHERE dataset = ? AND name = ?",
                            embedding.dataset,
                            embedding.name))
        throw StoreError(StoreError::Reason::exists,
                         fmt::format("the dataset has embeddings '{}' already; take another name",
                                     embedding.name));
    database_.run(
        "INSERT INTO embeddings (id, dataset, name, row_count, dimensions, created_at) VALUES (?, "
        "?, ?, ?, ?, ?)",
        embedding.id,
        embedding.dataset,
        embedding.name,
        rows.rows(),
        rows.cols(),
        embedding.created_at);
    Statement insert(database_, "INSERT INTO embedding_chunks VALUES (?, ?, ?, ?)");
    const auto rows_a_chunk =
        std::max<std::size_t>(1, 2 * chunk_values / std::max<std::size_t>(1, rows.cols()));
    write_chunks(insert, database_.last_row(), rows.values(), rows_a_chunk * rows.cols());
    transaction.commit();
}

std::optional<Embedding> SqliteStore::embedding(const EmbeddingId& id) {
    Statement row(database_, fmt::format("{}WHERE id = ?", embedding_columns));
    if (!row.bind(id).step()) return std::nullopt;
    return read_embedding(row);
}

std::vector<Embedding> SqliteStore::embeddings(const DatasetId& dataset) {
    std::vector<Embedding> embeddings;
    Statement row(database_,
                  fmt::format("{}WHERE dataset = ? AND id NOT GLOB 'deleted:*' ORDER BY number",
                              embedding_columns));
    row.bind(dataset);
    while (row.step()) embeddings.push_back(read_embedding(row));
    return embeddings;
}

Matrix SqliteStore::embedding_rows(const EmbeddingId& id) {
    const auto number = number_of("embeddings", id.text());
    const auto shape = *embedding(id);
    Matrix rows(shape.rows, shape.dimensions);
    Statement row(
        database_,
        "SELECT floats, checksum FROM embedding_chunks WHERE embedding = ? ORDER BY place");
    row.bind(number);
    read_chunks(database_, row, rows.values());
    return rows;
}

bool SqliteStore::is_first_upload(const Score& score, std::string_view key) {
    if (key.empty()) return true;
    database_.run("INSERT INTO uploads VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                  score.tag,
                  score.type,
                  key,
                  score.created_at);
    return database_.changes() == 1;
}

void SqliteStore::put_scores(const Score& score,
                             std::span<const double> values,
                             std::string_view key) {
    Transaction transaction(database_);
    number_of("tags", score.tag.text());
    if (!is_first_upload(score, key)) return;
    database_.run("UPDATE scores SET replaced = 1 WHERE tag = ? AND type = ? AND replaced = 0",
                  score.tag,
                  score.type);
    database_.run("INSERT INTO scores (tag, type, length, created_at) VALUES (?, ?, ?, ?)",
                  score.tag,
                  score.type,
                  values.size(),
                  score.created_at);
    Statement insert(database_, "INSERT INTO score_chunks VALUES (?, ?, ?, ?)");
    write_chunks(insert, database_.last_row(), values, chunk_values);
    drop_replaced_scores();
    transaction.commit();
}

void SqliteStore::drop_replaced_scores() {
    database_.run(
        "DELETE FROM scores WHERE replaced = 1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.score "
        "= scores.number AND state IN ('WAITING', 'RUNNING')) AND NOT EXISTS (SELECT 1 FROM "
        "job_scores JOIN jobs ON jobs.number = job_scores.job WHERE job_scores.score = "
        "scores.number AND state IN ('WAITING', 'RUNNING'))");
}

std::vector<Score> SqliteStore::scores(const TagId& tag) {
    std::vector<Score> scores;
    Statement row(database_,
                  "SELECT type, created_at FROM scores WHERE tag = ? AND replaced = 0 ORDER BY "
                  "number");
    row.bind(tag);
    while (row.step())
        scores.push_back(
            {.tag = tag, .type = row.get<std::string>(0), .created_at = row.get<Timestamp>(1)});
    return scores;
}

std::optional<std::vector<double>> SqliteStore::score_values(const TagId& tag,
                                                             std::string_view type) {
    const auto number = database_.find<std::int64_t>(
        "SELECT number FROM scores WHERE tag = ? AND type = ? AND replaced = 0", tag, type);
    if (!number) return std::nullopt;
    return read_scores(*number);
}

std::vector<double> SqliteStore::read_scores(std::int64_t number) {
    const auto length =
        database_.find<std::size_t>("SELECT length FROM scores WHERE number = ?", number);
    if (!length)
        throw StoreError(StoreError::Reason::not_found,
                         "the scores were replaced or deleted by another process; ask again");
    std::vector<double> values(*length);
    Statement row(database_,
                  "SELECT doubles, checksum FROM score_chunks WHERE score = ? ORDER BY place");
    row.bind(number);
    read_chunks(database_, row, std::span(values));
    return values;
}

}  // namespace trommel::store
