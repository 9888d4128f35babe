// What a server keeps beside what a Platform needs.

#include "store/rows.hpp"
#include "support/temp_dir.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <catch2/catch.hpp>

namespace trommel::store {

namespace {

using Reason = StoreError::Reason;

const Timestamp later = noon + std::chrono::seconds(1);

/// A store with the dataset `digits` of five samples, and what a server keeps beside it.
struct Filled {
    Filled() { fill(*store); }

    test::TempDir folder{};
    std::unique_ptr<Store> store = open_sqlite(folder / "served.db");
    std::unique_ptr<ServedStore> kept = open_served_sqlite(folder / "served.db");
};

Document document_named(const std::string& id, const std::string& key) {
    return {.id = id,
            .kind = "note",
            .dataset = digits().id,
            .owner = "",
            .key = key,
            .body = id,
            .created_at = noon,
            .changed_at = noon};
}

}  // namespace

TEST_CASE("datasets are listed, renamed and deleted with all that is theirs", "[store]") {
    Filled filled;
    auto& store = *filled.store;
    store.add_dataset({.id = DatasetId("d2"), .name = "letters", .created_at = noon});
    CHECK(store.datasets().size() == 2);
    CHECK(refusal([&] { store.rename_dataset(digits().id, "letters"); }) == Reason::exists);
    store.rename_dataset(digits().id, "numbers");
    CHECK(store.find_dataset("numbers")->id == digits().id);
    CHECK(refusal([&] { store.rename_dataset(DatasetId("x"), "y"); }) == Reason::not_found);

    filled.kept->put_document(document_named("n1", "k"));
    store.add_tag(tag_named("child", mask_of({1})));
    store.add_job(waiting_job(JobId("j"), request_for("chosen")));
    store.delete_dataset(digits().id);
    CHECK(store.datasets().size() == 1);
    CHECK(!store.tag(TagId("child-id")));
    CHECK(!store.job(JobId("j")));
    CHECK(!filled.kept->document("note", "n1"));
    CHECK(refusal([&] { filled.kept->put_document(document_named("n2", "k")); }) ==
          Reason::not_found);
    CHECK(refusal([&] { store.delete_dataset(digits().id); }) == Reason::not_found);
}

TEST_CASE("a sample is found by its name, and its details are kept", "[store]") {
    Filled filled;
    auto& store = *filled.store;
    CHECK(store.find_sample(digits().id, "c") == SampleIndex{2});
    CHECK(!store.find_sample(digits().id, "z"));
    CHECK(store.sample_name(digits().id, 4) == "e");
    CHECK(!store.sample_name(digits().id, 5));

    auto& kept = *filled.kept;
    kept.put_sample_details(digits().id, std::vector<SampleDetails>{{3, "{\"a\":1}", noon, noon}});
    kept.put_sample_details(
        digits().id,
        std::vector<SampleDetails>{{1, "{}", noon, noon}, {3, "{\"a\":2}", later, later}});

    const auto details = kept.sample_details(digits().id, {.first = 2, .count = 2});
    REQUIRE(details.size() == 1);
    CHECK(details[0].sample == 3);
    CHECK(details[0].body == "{\"a\":2}");
    CHECK(details[0].created_at == noon);
    CHECK(details[0].changed_at == later);
    CHECK(kept.sample_details(digits().id, {.first = 0, .count = 5}).size() == 2);
}

TEST_CASE("a tag changes its name and its samples, but not under a job that reads it", "[store]") {
    Filled filled;
    auto& store = *filled.store;
    store.add_tag(tag_named("child", mask_of({1})));
    const TagId child("child-id");
    const TagId initial("initial-tag-id");
    store.change_tag(child, "grown", mask_of({1, 2}));
    CHECK(store.find_tag(digits().id, "grown")->mask == mask_of({1, 2}));
    CHECK(refusal([&] { store.change_tag(child, "initial-tag", {}); }) == Reason::exists);
    CHECK(refusal([&] { store.change_tag(initial, "initial-tag", mask_of({1})); }) ==
          Reason::invalid);

    auto request = request_for("chosen");
    request.preselected = child;
    store.add_job(waiting_job(JobId("j"), request));
    CHECK(refusal([&] { store.change_tag(child, "grown", mask_of({3})); }) == Reason::invalid);
    store.change_tag(child, "renamed", mask_of({1, 2}));
    CHECK(store.tag(child)->name == "renamed");
}

TEST_CASE("the initial tag grows with the dataset, and the new samples get a tag", "[store]") {
    Filled filled;
    auto& store = *filled.store;
    const TagId initial("initial-tag-id");
    store.add_samples(digits().id, std::vector<std::string>{"f", "g"});

    store.grow_tags(initial, tag_named("added", {}));

    CHECK(store.tag(initial)->mask == BitMask::first(7));
    CHECK(store.tag(initial)->total == 7);
    CHECK(store.tag(TagId("added-id"))->mask == mask_of({5, 6}));
    CHECK(store.tag(TagId("added-id"))->total == 7);
    CHECK(refusal([&] { store.grow_tags(initial, tag_named("added", {})); }) == Reason::exists);
    store.add_job(waiting_job(JobId("j"), request_for("chosen")));
    CHECK(refusal([&] { store.grow_tags(initial, tag_named("more", {})); }) == Reason::invalid);
}

TEST_CASE("embeddings that a job reads stay until its end", "[store]") {
    Filled filled;
    auto& store = *filled.store;
    const EmbeddingId id("e1");
    store.add_embedding({.id = id, .dataset = digits().id, .name = "rows", .created_at = noon},
                        Matrix{{1}, {2}, {3}, {4}, {5}});
    auto request = request_for("chosen");
    request.embedding = id;
    store.add_job(waiting_job(JobId("j"), request));
    CHECK(refusal([&] { store.delete_embedding(id); }) == Reason::invalid);
    CHECK(store.jobs().size() == 1);
    store.fail_job(JobId("j"), "stopped");
    store.delete_embedding(id);
    CHECK(store.embeddings(digits().id).empty());
    CHECK(refusal([&] { store.delete_embedding(id); }) == Reason::not_found);
}

TEST_CASE("embeddings of an id that is there are refused, whatever their name", "[store]") {
    Filled filled;
    auto& store = *filled.store;
    Embedding rows{.id = EmbeddingId("e1"), .dataset = digits().id, .name = "rows"};
    store.add_embedding(rows, Matrix{{1}, {2}, {3}, {4}, {5}});
    rows.name = "others";
    CHECK(refusal([&] { store.add_embedding(rows, Matrix(5, 1)); }) == Reason::exists);
    CHECK(store.embeddings(digits().id).size() == 1);
    CHECK(store.embedding_rows(rows.id) == Matrix{{1}, {2}, {3}, {4}, {5}});
}

TEST_CASE("in a database of its own a server keeps what it is told, of whatever dataset",
          "[store]") {
    const test::TempDir folder;
    const DatasetId other("d2");
    {
        const auto store = open_separate_sqlite(folder / "server.db");
        CHECK(store->sample_details(digits().id, {.first = 0, .count = 9}).empty());
        store->put_document(document_named("n1", "k"));
        auto second = document_named("n2", "k");
        second.dataset = other;
        store->put_document(second);
        store->put_sample_details(digits().id, std::vector<SampleDetails>{{3, "{}", noon, noon}});
        store->flush();
    }
    const auto store = open_separate_sqlite(folder / "server.db");
    CHECK(store->document("note", "n1"));
    CHECK(store->sample_details(digits().id, {.first = 0, .count = 9}).size() == 1);

    store->forget_dataset(digits().id);
    store->forget_dataset(digits().id);
    CHECK(!store->document("note", "n1"));
    CHECK(store->sample_details(digits().id, {.first = 0, .count = 9}).empty());
    CHECK(store->document("note", "n2")->dataset == other);
}

TEST_CASE("a document is kept once for each kind, dataset, owner and key", "[store]") {
    Filled filled;
    auto& store = *filled.kept;
    CHECK(store.put_document(document_named("n1", "a")) == "n1");
    CHECK(store.put_document(document_named("n2", "b")) == "n2");
    auto again = document_named("n3", "a");
    again.changed_at = later;
    CHECK(store.put_document(again) == "n1");

    CHECK(store.document("note", "n1")->body == "n3");
    CHECK(store.document("note", "n1")->changed_at == later);
    CHECK(!store.document("other", "n1"));
    CHECK(store.find_document({.kind = "note", .dataset = digits().id}, "b")->id == "n2");
    CHECK(!store.find_document({.kind = "note"}, "b"));
    CHECK(store.documents({.kind = "note"}).size() == 2);
    auto nobodys = document_named("n4", "a");
    nobodys.dataset.reset();
    store.put_document(nobodys);
    CHECK(store.documents({.kind = "note", .dataset = digits().id}).size() == 2);
    store.delete_document("note", "n1");
    store.delete_document("note", "n1");
    CHECK(store.documents({.kind = "note"}).size() == 2);
}

}  // namespace trommel::store
