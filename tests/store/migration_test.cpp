// A database of every released version opens with all that is in it.

#include "store/contract.hpp"
#include "store/rows.hpp"
#include "store/sqlite_database.hpp"
#include "store/version_1.hpp"
#include "support/temp_dir.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <chrono>
#include <thread>

namespace trommel::store {

namespace {

/// A folder with the database that `script` makes.
struct Older {
    explicit Older(const char* script) {
        const Database made(file, std::chrono::milliseconds(0));
        REQUIRE(sqlite3_exec(made.handle(), script, nullptr, nullptr, nullptr) == SQLITE_OK);
    }

    test::TempDir folder{};
    std::filesystem::path file = folder / "older.db";
};

}  // namespace

TEST_CASE("an upgrade leaves a copy of the database as it was, and says where", "[store]") {
    const Older older(version_1_database);
    std::vector<std::string> told;
    SqliteOptions options;
    options.notice = [&](const std::string& what) { told.push_back(what); };
    open_sqlite(older.file, options);

    REQUIRE(told.size() == 1);
    CHECK_THAT(told.front(), Catch::Contains("from format 1 to "));
    CHECK_THAT(told.front(), Catch::Contains("older.db.v1.bak"));
    Database copy(older.folder / "older.db.v1.bak", std::chrono::milliseconds(0));
    CHECK(copy.find<std::int64_t>("PRAGMA user_version") == 1);
    CHECK(copy.find<std::string>("SELECT name FROM datasets") == "digits");

    open_sqlite(older.file, options);
    CHECK(told.size() == 1);
}

TEST_CASE("a database of version 1 opens with all that is in it", "[store]") {
    const Older older(version_1_database);
    const auto store = open_sqlite(older.file);

    CHECK(store->dataset(digits().id)->sample_count == 5);
    CHECK(store->samples(digits().id).back() == "e");
    CHECK(store->tag(TagId("initial-tag-id"))->mask == BitMask::first(5));
    CHECK(store->find_tag(digits().id, "chosen")->mask == mask_of({2, 4}));
    CHECK(store->embedding_rows(EmbeddingId("e1")) == Matrix{{1, 2}, {3, 4}});
    CHECK(store->score_values(TagId("initial-tag-id"), "margin") == std::vector<double>{0.5});
    const auto job = *store->job(JobId("j1"));
    CHECK(job.state == JobState::finished);
    CHECK(job.request.strategy == selection::StrategyChoice{"coral", {}});
    CHECK(job.outcome.stop_reason == std::nullopt);
    CHECK(job.outcome.recall == std::nullopt);
    CHECK(job.finished_at == std::nullopt);
    CHECK(job.request.seed == 7);
    CHECK(job.request.key.empty());
    CHECK(store->picks(job.id).size() == 2);
    CHECK(store->picks(job.id)[1].nearest == std::nullopt);
    CHECK(store->unfinished_jobs() == std::vector{JobId("j2")});
}

TEST_CASE("a database of version 1 takes any strategy once it was opened", "[store]") {
    const Older older(version_1_database);
    const auto store = open_sqlite(older.file);
    auto request = request_for("next");
    request.strategy = {"typiclust", {{"neighbors", "5"}}};
    request.similar_to = TagId("initial-tag-id");
    const std::vector<selection::Pick> picks{{.sample = 1}, {.sample = 2, .nearest = 1}};

    store->add_job(waiting_job(JobId("j3"), request));
    store->finish_job(JobId("j3"),
                      tag_named("next", mask_of({1, 2})),
                      picks,
                      {selection::StopReason::none_left, 0.5});

    CHECK(store->job(JobId("j3"))->request.strategy == request.strategy);
    CHECK(store->job(JobId("j3"))->request.similar_to == request.similar_to);
    CHECK(store->job(JobId("j3"))->outcome.stop_reason == selection::StopReason::none_left);
    CHECK(store->job(JobId("j3"))->outcome.recall == 0.5);
    CHECK(store->picks(JobId("j3"))[1].nearest == 1U);
}

TEST_CASE("a database of version 1 takes keys once it was opened", "[store]") {
    const Older older(version_1_database);
    const auto store = open_sqlite(older.file);
    const Score score{.tag = TagId("initial-tag-id"), .type = "margin", .created_at = noon};
    auto request = request_for("next");
    request.key = "round 5";

    store->add_job(waiting_job(JobId("j3"), request));
    store->put_scores(score, std::vector<double>{1}, "round 5");
    store->put_scores(score, std::vector<double>{2}, "round 5");

    CHECK(store->find_job(digits().id, "round 5")->id == JobId("j3"));
    CHECK(store->score_values(score.tag, "margin") == std::vector<double>{1});
}

TEST_CASE("many may open an older database at once", "[store]") {
    const Older older(version_1_database);
    std::vector<std::unique_ptr<Store>> stores(8);
    std::vector<std::jthread> threads;
    for (auto& store : stores) threads.emplace_back([&] { store = open_sqlite(older.file); });
    threads.clear();
    for (const auto& store : stores) CHECK(store->samples(digits().id).size() == 5);
}

}  // namespace trommel::store
