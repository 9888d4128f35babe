#include "store/checksum.hpp"
#include "store/sqlite_store.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

namespace trommel::store {

namespace {

static_assert(std::endian::native == std::endian::little,
              "masks and columns are kept as in memory");

constexpr std::string_view select_tags =
    "SELECT id, dataset, name, mask, total, previous, query, preselected, created_at, "
    "mask_checksum FROM tags ";

BitMask to_mask(const Database& database, Bytes bytes, std::optional<std::int64_t> checksum) {
    check(database, bytes, checksum, "the samples of a tag");
    if (bytes.size() % sizeof(std::uint64_t) != 0)
        database.fail_damaged("the mask of a tag does not end at a whole word");
    std::vector<std::uint64_t> words(bytes.size() / sizeof(std::uint64_t));
    if (!words.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
    return BitMask::from_words(std::move(words));
}

void set_mask(Database& database, const TagId& id, const BitMask& mask) {
    const auto bytes = std::as_bytes(mask.words());
    database.run(
        "UPDATE tags SET mask = ?, mask_checksum = ? WHERE id = ?", bytes, checksum(bytes), id);
}

Tag read_tag(const Database& database, const Statement& row) {
    return {.id = row.get<TagId>(0),
            .dataset = row.get<DatasetId>(1),
            .name = row.get<std::string>(2),
            .mask = to_mask(database, row.bytes(3), row.get<std::optional<std::int64_t>>(9)),
            .total = row.get<std::size_t>(4),
            .previous = row.get<std::optional<TagId>>(5),
            .query = row.get<std::optional<TagId>>(6),
            .preselected = row.get<std::optional<TagId>>(7),
            .created_at = row.get<Timestamp>(8)};
}

template <typename... Args>
std::vector<Tag> read_tags(Database& database, std::string_view where, const Args&... args) {
    std::vector<Tag> tags;
    Statement row(database, fmt::format("{}{}", select_tags, where));
    row.bind(args...);
    while (row.step()) tags.push_back(read_tag(database, row));
    return tags;
}

std::optional<Tag> first_of(std::vector<Tag> tags) {
    if (tags.empty()) return std::nullopt;
    return std::move(tags.front());
}

[[noreturn]] void refuse_to_delete(const std::string& name, const std::string& why) {
    throw StoreError(StoreError::Reason::invalid,
                     fmt::format("tag '{}' cannot be deleted: {}", name, why));
}

}  // namespace

void SqliteStore::check_tag_name_free(const DatasetId& dataset, std::string_view name) {
    const auto refuse = [&](std::string_view what) {
        throw StoreError(StoreError::Reason::exists,
                         fmt::format("{} '{}' already; take another name", what, name));
    };
    if (database_.find<int>("SELECT 1 FROM tags WHERE dataset = ? AND name = ?", dataset, name))
        refuse("the dataset has a tag");
    if (database_.find<int>("SELECT 1 FROM jobs WHERE dataset = ? AND new_tag_name = ? AND state "
                            "IN ('WAITING', 'RUNNING')",
                            dataset,
                            name))
        refuse("a sampling job that has not ended yet makes a tag");
}

void SqliteStore::insert_tag(const Tag& tag) {
    const auto mask = std::as_bytes(tag.mask.words());
    database_.run(
        "INSERT INTO tags (id, dataset, name, mask, mask_checksum, total, previous, query, "
        "preselected, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        tag.id,
        tag.dataset,
        tag.name,
        mask,
        checksum(mask),
        tag.total,
        tag.previous,
        tag.query,
        tag.preselected,
        tag.created_at);
}

void SqliteStore::add_tag(const Tag& tag) {
    Transaction transaction(database_);
    number_of("datasets", tag.dataset.text());
    if (tag.previous) number_of("tags", tag.previous->text());
    check_tag_name_free(tag.dataset, tag.name);
    insert_tag(tag);
    transaction.commit();
}

std::optional<Tag> SqliteStore::tag(const TagId& id) {
    return first_of(read_tags(database_, "WHERE id = ?", id));
}

std::optional<Tag> SqliteStore::find_tag(const DatasetId& dataset, std::string_view name) {
    return first_of(read_tags(database_, "WHERE dataset = ? AND name = ?", dataset, name));
}

std::vector<Tag> SqliteStore::tags(const DatasetId& dataset) {
    return read_tags(database_, "WHERE dataset = ? ORDER BY number", dataset);
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
        set_mask(database_, id, *mask);
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
    set_mask(database_, initial, all);
    database_.run("UPDATE tags SET total = ? WHERE dataset = ?", count, was->dataset);
    check_tag_name_free(was->dataset, added.name);
    auto rest = added;
    rest.mask = all - was->mask;
    rest.total = count;
    insert_tag(rest);
    transaction.commit();
}

void SqliteStore::delete_tag(const TagId& id) {
    Transaction transaction(database_);
    number_of("tags", id.text());
    const auto name = *database_.find<std::string>("SELECT name FROM tags WHERE id = ?", id);
    if (!*database_.find<std::optional<TagId>>("SELECT previous FROM tags WHERE id = ?", id))
        refuse_to_delete(name, "it is the initial tag");
    if (const auto child =
            database_.find<std::string>("SELECT name FROM tags WHERE previous = ?", id))
        refuse_to_delete(name, fmt::format("tag '{}' grew from it; delete that one first", *child));
    check_unread("query, preselected", id.text(), fmt::format("tag '{}' cannot be deleted", name));
    database_.run("DELETE FROM tags WHERE id = ?", id);
    transaction.commit();
}

}  // namespace trommel::store
