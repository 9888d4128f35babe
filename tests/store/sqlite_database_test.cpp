#include "store/sqlite_database.hpp"

#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

namespace trommel::store {

namespace {

constexpr const char* by_number = "SELECT word FROM words WHERE number = ? OR ?1 IS NULL";

Database with_words(const test::TempDir& folder) {
    Database database(folder / "words.db", std::chrono::milliseconds(10));
    database.run("CREATE TABLE words (number INTEGER PRIMARY KEY, word TEXT)");
    database.run("INSERT INTO words VALUES (1, 'one'), (2, 'two')");
    return database;
}

}  // namespace

TEST_CASE("a statement that is used again knows nothing of its last use", "[store]") {
    const test::TempDir folder;
    auto database = with_words(folder);
    CHECK(database.find<std::string>(by_number, 2) == "two");  // given back at its first row
    Statement again(database, by_number);
    REQUIRE(again.step());  // with nothing bound
    CHECK(again.get<std::string>(0) == "one");
    REQUIRE(again.step());
    CHECK_FALSE(again.step());
}

TEST_CASE("one text can be two statements at a time", "[store]") {
    const test::TempDir folder;
    auto database = with_words(folder);
    Statement outer(database, by_number);
    Statement inner(database, by_number);
    REQUIRE(outer.bind(1).step());
    REQUIRE(inner.bind(2).step());
    CHECK(outer.get<std::string>(0) == "one");
    CHECK(inner.get<std::string>(0) == "two");
}

TEST_CASE("a statement that was left half way keeps no lock", "[store]") {
    const test::TempDir folder;
    auto database = with_words(folder);
    {
        Statement reading(database, by_number);
        REQUIRE(reading.bind(1).step());
    }
    Database other(folder / "words.db", std::chrono::milliseconds(10));
    CHECK_NOTHROW(other.run("DELETE FROM words"));
    CHECK_FALSE(database.find<std::string>(by_number, 1));
}

TEST_CASE("a kept statement follows a change of the schema", "[store]") {
    const test::TempDir folder;
    auto database = with_words(folder);
    CHECK(database.find<std::string>(by_number, 1) == "one");
    database.run("ALTER TABLE words RENAME COLUMN word TO text");
    database.run("UPDATE words SET text = 'eins' WHERE number = 1");
    CHECK(database.find<std::string>("SELECT text FROM words") == "eins");
    CHECK_THROWS_AS(database.find<std::string>(by_number, 1), StoreError);
}

TEST_CASE("a new database and the files beside it are their owner's alone", "[store]") {
    using std::filesystem::perms;
    const test::TempDir folder;
    auto database = with_words(folder);
    database.find<std::string>("PRAGMA journal_mode = WAL");
    database.run("INSERT INTO words VALUES (3, 'three')");
    for (const auto* name : {"words.db", "words.db-wal", "words.db-shm"}) {
        INFO(name);
        CHECK(std::filesystem::status(folder / name).permissions() == static_cast<perms>(0600));
    }
}

}  // namespace trommel::store
