#include "trommel/store/sqlite_store.hpp"

#include "store/contract.hpp"
#include "store/rows.hpp"
#include "store/sqlite_database.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace trommel::store {

namespace {

using Reason = StoreError::Reason;
using test::TempDir;

OpenStore opener(const TempDir& dir) {
    return [&dir] { return open_sqlite(dir / "store.db"); };
}

/// The error of opening `path`; fails the test when there is none.
StoreError opening_error(const std::filesystem::path& path) {
    try {
        open_sqlite(path, {.busy_timeout = std::chrono::milliseconds(20), .max_bytes = 0});
    } catch (const StoreError& error) {
        CHECK_THAT(error.what(), Catch::Contains(path.string()));
        return error;
    }
    FAIL("opening was not refused");
    return {Reason::invalid, ""};
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Database raw(const std::filesystem::path& path) { return {path, std::chrono::milliseconds(0)}; }

/// The test's process with the file permissions of nobody, where it has root's.
class WithoutRoot {
public:
    WithoutRoot() { CHECK((geteuid() != 0 || seteuid(65534) == 0)); }
    ~WithoutRoot() {
        if (getuid() == 0) CHECK(seteuid(0) == 0);
    }
};

}  // namespace

TEST_CASE("the SQLite store keeps datasets and samples", "[store]") {
    TempDir dir;
    check_datasets_and_samples(opener(dir));
}

TEST_CASE("the SQLite store keeps tags", "[store]") {
    TempDir dir;
    check_tags(opener(dir));
}

TEST_CASE("the SQLite store keeps embeddings and scores", "[store]") {
    TempDir dir;
    check_embeddings_and_scores(opener(dir));
}

TEST_CASE("the SQLite store keeps jobs", "[store]") {
    TempDir dir;
    check_jobs(opener(dir));
}

TEST_CASE("the SQLite store keeps every field of a job", "[store]") {
    TempDir dir;
    check_job_fields(opener(dir));
}

TEST_CASE("the SQLite store keeps the picks of jobs that run", "[store]") {
    TempDir dir;
    check_picks(opener(dir));
}

TEST_CASE("the SQLite store keeps what jobs read", "[store]") {
    TempDir dir;
    check_job_inputs(opener(dir));
}

TEST_CASE("the SQLite store knows repeated calls by their keys", "[store]") {
    TempDir dir;
    check_keys(opener(dir));
}

TEST_CASE("a missing folder is named with the command that makes it", "[store]") {
    TempDir dir;
    const auto error = opening_error(dir / "runs/store.db");
    CHECK(error.reason() == Reason::unavailable);
    CHECK_THAT(error.what(), Catch::Contains("mkdir -p '" + (dir / "runs").string() + "'"));
}

TEST_CASE("a path that is a folder or cannot be written is refused", "[store]") {
    TempDir dir;
    CHECK(opening_error(dir.path()).reason() == Reason::unavailable);

    open_sqlite(dir / "store.db");
    std::filesystem::permissions(dir / "store.db", std::filesystem::perms{0444});
    std::filesystem::permissions(dir.path(), std::filesystem::perms{0555});
    const WithoutRoot nobody;
    const auto error = opening_error(dir / "store.db");
    CHECK(error.reason() == Reason::unavailable);
    CHECK_THAT(error.what(), Catch::Contains("make the file and its folder writable"));
}

TEST_CASE("a file that is not a database is refused and left as it is", "[store]") {
    TempDir dir;
    const std::string notes(5000, 'x');
    const auto path = dir.write("notes.txt", notes);
    CHECK(opening_error(path).reason() == Reason::unusable);
    CHECK(content(path) == notes);
}

TEST_CASE("a database of another program is refused and left as it is", "[store]") {
    TempDir dir;
    raw(dir / "bookmarks.db").run("CREATE TABLE bookmarks (url TEXT)");
    const auto before = content(dir / "bookmarks.db");
    const auto error = opening_error(dir / "bookmarks.db");
    CHECK(error.reason() == Reason::unusable);
    CHECK_THAT(error.what(), Catch::Contains("another program"));
    CHECK(content(dir / "bookmarks.db") == before);
}

TEST_CASE("a database of a newer version is refused", "[store]") {
    TempDir dir;
    open_sqlite(dir / "store.db");
    raw(dir / "store.db").run("PRAGMA user_version = 99");
    const auto error = opening_error(dir / "store.db");
    CHECK(error.reason() == Reason::unusable);
    CHECK_THAT(error.what(), Catch::Contains("newer trommel (format 99"));
}

TEST_CASE("a damaged database says so and how to rescue it", "[store]") {
    TempDir dir;
    fill(*open_sqlite(dir / "store.db"));
    auto bytes = content(dir / "store.db");
    std::fill(bytes.begin() + 4096, bytes.end(), '\x7f');
    dir.write("store.db", bytes);
    try {
        open_sqlite(dir / "store.db")->tags(digits().id);
        FAIL("the damage was not seen");
    } catch (const StoreError& error) {
        CHECK(error.reason() == Reason::unusable);
        CHECK_THAT(error.what(), Catch::Contains("damaged") && Catch::Contains(".recover"));
    }
}

TEST_CASE("a database that another process keeps locked is waited for, then refused", "[store]") {
    TempDir dir;
    const auto store = open_sqlite(dir / "store.db",
                                   {.busy_timeout = std::chrono::milliseconds(20), .max_bytes = 0});
    auto other = raw(dir / "store.db");
    {
        Transaction writing(other);
        CHECK(refusal([&] { fill(*store); }) == Reason::unavailable);
        CHECK_FALSE(store->find_dataset("digits"));  // reading goes on
    }
    fill(*store);
    CHECK(store->find_dataset("digits"));
}

TEST_CASE("when the file may grow no further, the call fails whole and the store goes on",
          "[store]") {
    TempDir dir;
    const auto store = open_sqlite(dir / "store.db", {.busy_timeout = {}, .max_bytes = 400'000});
    fill(*store);
    const Score score{.tag = TagId("initial-tag-id"), .type = "margin", .created_at = noon};
    store->put_scores(score, std::vector<double>{1, 2});

    const std::vector<double> too_many(100'000);
    CHECK(refusal([&] { store->put_scores(score, too_many); }) == Reason::unavailable);

    CHECK(store->score_values(score.tag, "margin") == std::vector<double>{1, 2});
    store->put_scores(score, std::vector<double>{3});
    CHECK(store->score_values(score.tag, "margin") == std::vector<double>{3});
}

TEST_CASE("stores on one file see each other's writes", "[store]") {
    TempDir dir;
    const auto one = open_sqlite(dir / "store.db");
    const auto two = open_sqlite(dir / "store.db");
    fill(*one);
    two->add_samples(digits().id, std::vector<std::string>{"f"});
    CHECK(one->samples(digits().id).back() == "f");
}

TEST_CASE("many may open a new file at once", "[store]") {
    TempDir dir;
    std::vector<std::unique_ptr<Store>> stores(8);
    std::vector<std::jthread> threads;
    for (auto& store : stores) threads.emplace_back([&] { store = open_sqlite(dir / "store.db"); });
    threads.clear();
    fill(*stores.front());
    for (const auto& store : stores) CHECK(store->find_dataset("digits"));
}

TEST_CASE("what a killed process had written is there", "[store]") {
    TempDir dir;
    const auto child = fork();
    if (child == 0) {
        const auto store = open_sqlite(dir / "store.db");
        fill(*store);
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(open_sqlite(dir / "store.db")->samples(digits().id).size() == 5);
}

TEST_CASE("bulk writes are fast", "[.speed]") {
    TempDir dir;
    const auto store = open_sqlite(dir / "store.db");
    fill(*store);
    auto seconds = [start = std::chrono::steady_clock::now()]() mutable {
        const auto last = std::exchange(start, std::chrono::steady_clock::now());
        return std::chrono::duration<double>(start - last).count();
    };
    std::vector<std::string> names;
    for (int i = 0; i < 20000; ++i) names.push_back("images/" + std::to_string(i) + ".jpg");

    seconds();
    store->add_samples(digits().id, names);
    WARN("20,000 samples: " << seconds() << " s");
    store->add_embedding({.id = EmbeddingId("e"),
                          .dataset = digits().id,
                          .name = "e",
                          .rows = 20000,
                          .dimensions = 16},
                         Matrix(20000, 16));
    WARN("20,000 x 16 embeddings: " << seconds() << " s");
    const std::vector<double> values(1'000'000, 0.5);
    seconds();
    store->put_scores({.tag = TagId("initial-tag-id"), .type = "margin"}, values);
    WARN("1,000,000 scores: " << seconds() << " s");
}

}  // namespace trommel::store
