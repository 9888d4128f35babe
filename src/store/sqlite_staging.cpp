// Samples of a dataset whose index is not below its sample_count are on their way: no one reads
// them until the count says that they are there.
#include "store/sqlite_store.hpp"

#include <fmt/format.h>

namespace trommel::store {

namespace {

constexpr std::string_view set_adding = "UPDATE datasets SET adding = ?2 WHERE number = ?1";

}  // namespace

void SqliteStore::insert_samples(std::int64_t dataset,
                                 Staging& staging,
                                 std::span<const std::string> names) {
    Statement insert(database_,
                     "INSERT INTO samples VALUES (?, ?, ?) ON CONFLICT (dataset, name) DO NOTHING");
    for (const auto& name : names) {
        insert.bind(dataset, staging.next, name).run();
        if (database_.changes() == 1) {
            ++staging.next;
        } else if (*database_.find<std::size_t>(
                       "SELECT place FROM samples WHERE dataset = ? AND name = ?", dataset, name) >=
                   staging.first) {
            throw StoreError(StoreError::Reason::invalid,
                             fmt::format("sample '{}' appears twice in one call; a sample is its "
                                         "name, so remove or rename one of the two",
                                         name));
        }
    }
}

void SqliteStore::add_samples(const DatasetId& dataset, std::span<const std::string> names) {
    Transaction transaction(database_);
    const auto number = number_of("datasets", dataset.text());
    const auto count = this->dataset(dataset)->sample_count;
    database_.run("DELETE FROM samples WHERE dataset = ? AND place >= ?", number, count);
    Staging staging{.dataset = dataset, .token = {}, .first = count, .next = count};
    insert_samples(number, staging, names);
    database_.run("UPDATE datasets SET sample_count = ?2, adding = NULL WHERE number = ?1",
                  number,
                  staging.next);
    transaction.commit();
}

Staging SqliteStore::begin_samples(const DatasetId& dataset) {
    Transaction transaction(database_);
    const auto number = number_of("datasets", dataset.text());
    const auto count = this->dataset(dataset)->sample_count;
    Staging staging{
        .dataset = dataset, .token = database_.random_name(), .first = count, .next = count};
    database_.run(std::string(set_adding), number, staging.token);
    transaction.commit();
    return staging;
}

std::int64_t SqliteStore::check_staging(const Staging& staging) {
    const auto number = number_of("datasets", staging.dataset.text());
    const auto adding = database_.find<std::optional<std::string>>(
        "SELECT adding FROM datasets WHERE number = ?", number);
    if (!adding || *adding != staging.token)
        throw StoreError(StoreError::Reason::unavailable,
                         "another process has begun to add samples to the dataset; none of these "
                         "were added, so try again");
    return number;
}

bool SqliteStore::drop_staged(const Staging& staging) {
    constexpr std::size_t at_once = 2000;
    Transaction transaction(database_);
    database_.run(
        "DELETE FROM samples WHERE (dataset, place) IN (SELECT dataset, place FROM samples WHERE "
        "dataset = ? AND place >= ? LIMIT ?)",
        check_staging(staging),
        staging.first,
        at_once);
    const bool has_more = database_.changes() > 0;
    transaction.commit();
    return has_more;
}

void SqliteStore::stage_samples(Staging& staging, std::span<const std::string> names) {
    Transaction transaction(database_);
    auto next = staging;
    insert_samples(check_staging(staging), next, names);
    transaction.commit();
    staging = std::move(next);
}

void SqliteStore::publish_samples(const Staging& staging) {
    Transaction transaction(database_);
    database_.run("UPDATE datasets SET sample_count = ?2, adding = NULL WHERE number = ?1",
                  check_staging(staging),
                  staging.next);
    transaction.commit();
}

}  // namespace trommel::store
