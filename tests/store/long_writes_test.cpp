// Long writes in parts: nothing half visible, others write between, a crash is made good.

#include "store/rows.hpp"
#include "store/sqlite_database.hpp"
#include "support/temp_dir.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

namespace trommel::store {

namespace {

using Names = std::vector<std::string>;
using Reason = StoreError::Reason;

struct Filled {
    Filled() { fill(*store); }

    /// How many rows a table has, seen or not.
    std::int64_t rows(const std::string& table) {
        Database raw(file, std::chrono::milliseconds(100));
        return *raw.find<std::int64_t>("SELECT count(*) FROM " + table);
    }

    test::TempDir folder{};
    std::filesystem::path file = folder / "long.db";
    std::unique_ptr<Store> store = open_sqlite(file);
};

Staging begin(Store& store) {
    auto staging = store.begin_samples(digits().id);
    while (store.drop_staged(staging)) continue;
    return staging;
}

}  // namespace

TEST_CASE("samples that come in parts are there all at once", "[store][long-writes]") {
    Filled filled;
    auto& store = *filled.store;
    auto staging = begin(store);
    store.stage_samples(staging, Names{"x", "b"});
    store.stage_samples(staging, Names{"y"});

    CHECK(store.dataset(digits().id)->sample_count == 5);
    CHECK(store.samples(digits().id) == Names{"a", "b", "c", "d", "e"});
    CHECK(!store.find_sample(digits().id, "x"));
    CHECK(!store.sample_name(digits().id, 5));

    store.publish_samples(staging);
    CHECK(store.samples(digits().id) == Names{"a", "b", "c", "d", "e", "x", "y"});
    CHECK(store.find_sample(digits().id, "y") == SampleIndex{6});
}

TEST_CASE("parts that a crash cut off count for nothing, and the next samples take their place",
          "[store][long-writes]") {
    Filled filled;
    auto staging = begin(*filled.store);
    filled.store->stage_samples(staging, Names{"x", "y"});
    filled.store.reset();
    filled.store = open_sqlite(filled.file);
    auto& store = *filled.store;
    CHECK(store.samples(digits().id).size() == 5);

    SECTION("in one call") { store.add_samples(digits().id, Names{"z", "x"}); }
    SECTION("in parts") {
        auto again = begin(store);
        store.stage_samples(again, Names{"z", "x"});
        store.publish_samples(again);
    }
    CHECK(store.samples(digits().id) == Names{"a", "b", "c", "d", "e", "z", "x"});
    CHECK(filled.rows("samples") == 7);
}

TEST_CASE("a name twice is found across parts", "[store][long-writes]") {
    Filled filled;
    auto staging = begin(*filled.store);
    filled.store->stage_samples(staging, Names{"x"});
    CHECK(refusal([&] {
              filled.store->stage_samples(staging, Names{"y", "x"});
          }) == Reason::invalid);
    CHECK(filled.store->samples(digits().id).size() == 5);
}

TEST_CASE("who begins later has the dataset; the other one's parts are refused",
          "[store][long-writes]") {
    Filled filled;
    const auto other = open_sqlite(filled.file);
    auto first = begin(*filled.store);
    filled.store->stage_samples(first, Names{"x", "y"});
    auto second = begin(*other);
    CHECK(refusal([&] { filled.store->stage_samples(first, Names{"z"}); }) == Reason::unavailable);
    CHECK(refusal([&] { filled.store->publish_samples(first); }) == Reason::unavailable);
    other->stage_samples(second, Names{"y"});
    other->publish_samples(second);
    CHECK(other->samples(digits().id) == Names{"a", "b", "c", "d", "e", "y"});
}

TEST_CASE("a deleted dataset is gone at once and its rows go after, also after a crash",
          "[store][long-writes]") {
    Filled filled;
    auto& store = *filled.store;
    const auto kept = open_served_sqlite(filled.file);
    kept->put_sample_details(digits().id, std::vector<SampleDetails>{{3, "{}", noon, noon}});
    const TagId initial("initial-tag-id");
    store.put_scores({.tag = initial, .type = "margin", .created_at = noon},
                     std::vector<double>(200'000),
                     "key");
    const Matrix rows(5, 3);
    store.add_embedding({.id = EmbeddingId("e1"), .dataset = digits().id, .name = "e"}, rows);
    store.add_job(waiting_job(JobId("j"), request_for("chosen")));
    store.finish_job(JobId("j"),
                     tag_named("chosen", mask_of({1})),
                     std::vector<selection::Pick>{{.sample = 1}},
                     {});
    store.add_dataset({.id = DatasetId("d2"), .name = "kept", .created_at = noon});
    store.add_samples(DatasetId("d2"), Names{"a"});

    store.delete_dataset(digits().id);
    CHECK(store.remove_some());  // a first part, then the process dies
    filled.store.reset();
    filled.store = open_sqlite(filled.file);
    auto& opened = *filled.store;
    CHECK(opened.datasets().size() == 1);
    CHECK(!opened.dataset(digits().id));
    CHECK(!opened.tag(initial));
    CHECK(!opened.job(JobId("j")));
    CHECK(opened.jobs().empty());
    CHECK(opened.embeddings(digits().id).empty());
    CHECK(kept->sample_details(digits().id, {0, 9}).empty());
    opened.add_dataset(digits());  // both its id and its name are free

    while (opened.remove_some()) continue;
    for (const auto* table : {"score_chunks",
                              "embedding_chunks",
                              "picks",
                              "jobs",
                              "scores",
                              "uploads",
                              "tags",
                              "embeddings",
                              "sample_details"})
        CHECK(filled.rows(table) == 0);
    CHECK(filled.rows("samples") == 1);
    CHECK(filled.rows("datasets") == 2);
}

TEST_CASE("one dataset after the other is deleted", "[store][long-writes]") {
    Filled filled;
    for (int i = 0; i < 3; ++i) {
        filled.store->add_tag(tag_named("child", mask_of({1})));
        filled.store->delete_dataset(digits().id);
        CHECK(filled.store->datasets().empty());
        fill(*filled.store);
    }
    while (filled.store->remove_some()) continue;
    CHECK(filled.rows("datasets") == 1);
    CHECK(filled.rows("tags") == 1);
}

TEST_CASE("deleted embeddings free their name at once and their rows after",
          "[store][long-writes]") {
    Filled filled;
    auto& store = *filled.store;
    const Embedding first{.id = EmbeddingId("e1"), .dataset = digits().id, .name = "e"};
    store.add_embedding(first, Matrix(5, 3));
    store.delete_embedding(first.id);
    CHECK(store.embeddings(digits().id).empty());
    CHECK(!store.embedding(first.id));
    store.add_embedding(first, Matrix(5, 2));
    while (store.remove_some()) continue;
    CHECK(filled.rows("embeddings") == 1);
    CHECK(store.embedding_rows(first.id).cols() == 2);
}

TEST_CASE("a reader reads beside a transaction, one moment for each snapshot",
          "[store][long-writes]") {
    Filled filled;
    const auto reader = filled.store->reader();
    Database raw(filled.file, std::chrono::milliseconds(100));
    const Transaction writing(raw);
    raw.run("DELETE FROM samples");
    {
        const Snapshot snapshot(*reader);
        CHECK(reader->samples(digits().id).size() == 5);
    }
    CHECK(refusal([&] { reader->add_samples(digits().id, Names{"x"}); }) == Reason::unavailable);
}

TEST_CASE("a snapshot does not change under its reader", "[store][long-writes]") {
    Filled filled;
    const auto reader = filled.store->reader();
    {
        const Snapshot snapshot(*reader);
        CHECK(reader->dataset(digits().id));
        filled.store->delete_dataset(digits().id);
        CHECK(reader->dataset(digits().id));
    }
    const Snapshot snapshot(*reader);
    CHECK(!reader->dataset(digits().id));
}

TEST_CASE("who waits to write comes before the next of many short transactions",
          "[store][long-writes]") {
    Filled filled;
    std::atomic<bool> is_done = false;
    std::jthread busy([&] {
        Database raw(filled.file, std::chrono::milliseconds(1000));
        while (!is_done) {
            Transaction transaction(raw);
            raw.run("UPDATE datasets SET created_at = created_at + 1");
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            transaction.commit();
        }
    });
    auto longest = std::chrono::steady_clock::duration::zero();
    for (int i = 0; i < 20; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        filled.store->rename_dataset(digits().id, "name " + std::to_string(i));
        longest = std::max(longest, std::chrono::steady_clock::now() - begin);
    }
    is_done = true;
    CHECK(longest < std::chrono::milliseconds(250));
}

}  // namespace trommel::store
