#include "store/sqlite_store.hpp"

#include <fmt/format.h>

namespace trommel::store {

namespace {

/// To be followed by which.
constexpr std::string_view select_datasets =
    "SELECT id, name, sample_count, created_at FROM datasets ";

Dataset read_dataset(const Statement& row) {
    return {.id = row.get<DatasetId>(0),
            .name = row.get<std::string>(1),
            .sample_count = row.get<std::size_t>(2),
            .created_at = row.get<Timestamp>(3)};
}

std::optional<Dataset> find(Database& database, std::string_view where, std::string_view value) {
    Statement row(database, fmt::format("{}{}", select_datasets, where));
    if (!row.bind(value).step()) return std::nullopt;
    return read_dataset(row);
}

}  // namespace

void SqliteStore::add_dataset(const Dataset& dataset) {
    Transaction transaction(database_);
    if (find_dataset(dataset.name))
        throw StoreError(StoreError::Reason::exists,
                         fmt::format("there is a dataset '{}' already; use it or take another name",
                                     dataset.name));
    database_.run("INSERT INTO datasets (id, name, sample_count, created_at) VALUES (?, ?, 0, ?)",
                  dataset.id,
                  dataset.name,
                  dataset.created_at);
    transaction.commit();
}

std::optional<Dataset> SqliteStore::dataset(const DatasetId& id) {
    return find(database_, "WHERE id = ?", id.text());
}

std::optional<Dataset> SqliteStore::find_dataset(std::string_view name) {
    return find(database_, "WHERE name = ?", name);
}

std::vector<Dataset> SqliteStore::datasets() {
    std::vector<Dataset> datasets;
    Statement row(database_,
                  fmt::format("{}WHERE id NOT GLOB 'deleted:*' ORDER BY number", select_datasets));
    row.bind();
    while (row.step()) datasets.push_back(read_dataset(row));
    return datasets;
}

void SqliteStore::rename_dataset(const DatasetId& id, std::string_view name) {
    Transaction transaction(database_);
    number_of("datasets", id.text());
    const auto other = find_dataset(name);
    if (other && other->id != id)
        throw StoreError(
            StoreError::Reason::exists,
            fmt::format("there is another dataset '{}' already; take another name", name));
    database_.run("UPDATE datasets SET name = ? WHERE id = ?", name, id);
    transaction.commit();
}

std::vector<std::string> SqliteStore::samples(const DatasetId& dataset) {
    std::vector<std::string> names;
    Statement row(
        database_,
        "SELECT name FROM samples WHERE dataset = ?1 AND place < (SELECT sample_count FROM "
        "datasets WHERE number = ?1) ORDER BY place");
    row.bind(number_of("datasets", dataset.text()));
    while (row.step()) names.push_back(row.get<std::string>(0));
    return names;
}

std::optional<SampleIndex> SqliteStore::find_sample(const DatasetId& dataset,
                                                    std::string_view name) {
    return database_.find<SampleIndex>(
        "SELECT place FROM samples WHERE dataset = ?1 AND name = ?2 AND place < (SELECT "
        "sample_count "
        "FROM datasets WHERE number = ?1)",
        number_of("datasets", dataset.text()),
        name);
}

std::optional<std::string> SqliteStore::sample_name(const DatasetId& dataset, SampleIndex sample) {
    return database_.find<std::string>(
        "SELECT name FROM samples WHERE dataset = ?1 AND place = ?2 AND place < (SELECT "
        "sample_count "
        "FROM datasets WHERE number = ?1)",
        number_of("datasets", dataset.text()),
        sample);
}

}  // namespace trommel::store
