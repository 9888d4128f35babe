#include "store/sqlite_store.hpp"

#include <fmt/format.h>

namespace trommel::store {

namespace {

SampleDetails read_details(const Statement& row) {
    return {.sample = row.get<SampleIndex>(0),
            .body = row.get<std::string>(1),
            .created_at = row.get<Timestamp>(2),
            .changed_at = row.get<Timestamp>(3)};
}

}  // namespace

std::vector<Dataset> SqliteStore::datasets() {
    std::vector<Dataset> datasets;
    Statement row(database_, fmt::format("{}ORDER BY number", select_datasets));
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

void SqliteStore::delete_dataset(const DatasetId& id) {
    Transaction transaction(database_);
    number_of("datasets", id.text());
    database_.run("DELETE FROM datasets WHERE id = ?", id);
    transaction.commit();
}

std::optional<SampleIndex> SqliteStore::find_sample(const DatasetId& dataset,
                                                    std::string_view name) {
    return database_.find<SampleIndex>("SELECT place FROM samples WHERE dataset = ? AND name = ?",
                                       number_of("datasets", dataset.text()),
                                       name);
}

std::optional<std::string> SqliteStore::sample_name(const DatasetId& dataset, SampleIndex sample) {
    return database_.find<std::string>("SELECT name FROM samples WHERE dataset = ? AND place = ?",
                                       number_of("datasets", dataset.text()),
                                       sample);
}

void SqliteStore::put_sample_details(const DatasetId& dataset,
                                     std::span<const SampleDetails> details) {
    Transaction transaction(database_);
    const auto number = number_of("datasets", dataset.text());
    Statement insert(database_,
                     "INSERT INTO sample_details VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                     "body = excluded.body, changed_at = excluded.changed_at");
    for (const auto& each : details)
        insert.bind(number, each.sample, each.body, each.created_at, each.changed_at).run();
    transaction.commit();
}

std::vector<SampleDetails> SqliteStore::sample_details(const DatasetId& dataset, Slice slice) {
    std::vector<SampleDetails> details;
    Statement row(database_,
                  "SELECT place, body, created_at, changed_at FROM sample_details WHERE dataset = "
                  "?1 AND place >= ?2 AND place < ?2 + ?3 ORDER BY place");
    row.bind(number_of("datasets", dataset.text()), slice.first, slice.count);
    while (row.step()) details.push_back(read_details(row));
    return details;
}

void SqliteStore::check_unread(std::string_view columns,
                               const std::string& id,
                               std::string_view what) {
    const auto job = database_.find<std::string>(
        fmt::format("SELECT id FROM jobs WHERE state IN ('WAITING', 'RUNNING') AND ? IN ({})",
                    columns),
        id);
    if (job)
        throw StoreError(StoreError::Reason::invalid,
                         fmt::format("{}: sampling job {} reads it; wait for its end", what, *job));
}

void SqliteStore::change_tag(const TagId& id,
                             std::string_view name,
                             const std::optional<BitMask>& mask) {
    Transaction transaction(database_);
    const auto was = tag(id);
    if (!was) number_of("tags", id.text());
    if (name != was->name) check_tag_name_free(was->dataset, name);
    if (mask && *mask != was->mask) {
        if (!was->previous)
            throw StoreError(StoreError::Reason::invalid,
                             "the initial tag has all samples; make another tag for some of them");
        check_unread("query, preselected",
                     id.text(),
                     fmt::format("the samples of tag '{}' cannot be changed", was->name));
        database_.run("UPDATE tags SET mask = ? WHERE id = ?", std::as_bytes(mask->words()), id);
    }
    database_.run("UPDATE tags SET name = ? WHERE id = ?", name, id);
    transaction.commit();
}

void SqliteStore::grow_tags(const TagId& initial, const Tag& added) {
    Transaction transaction(database_);
    const auto was = tag(initial);
    if (!was) number_of("tags", initial.text());
    check_unread("query, preselected", initial.text(), "the initial tag cannot grow");
    const auto count = dataset(was->dataset)->sample_count;
    const auto all = BitMask::first(count);
    database_.run("UPDATE tags SET mask = ? WHERE id = ?", std::as_bytes(all.words()), initial);
    database_.run("UPDATE tags SET total = ? WHERE dataset = ?", count, was->dataset);
    check_tag_name_free(was->dataset, added.name);
    auto rest = added;
    rest.mask = all - was->mask;
    rest.total = count;
    insert_tag(rest);
    transaction.commit();
}

void SqliteStore::delete_embedding(const EmbeddingId& id) {
    Transaction transaction(database_);
    number_of("embeddings", id.text());
    check_unread("embedding", id.text(), "the embeddings cannot be deleted");
    database_.run("DELETE FROM embeddings WHERE id = ?", id);
    transaction.commit();
}

}  // namespace trommel::store
