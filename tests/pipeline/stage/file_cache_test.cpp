#include "trommel/pipeline/stage/file_cache.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel {
namespace {

/// A file in a cache, and how often it was read.
class Cached {
public:
    int get() {
        return *cache_.get<int>(file, [this] { return ++reads; });
    }

    test::TempDir folder;
    std::filesystem::path file = folder.write("labels.csv", "a,1\n");
    int reads = 0;

private:
    FileCache cache_;
};

}  // namespace

TEST_CASE("a file that did not change is read once", "[pipeline]") {
    Cached cached;
    cached.get();
    CHECK(cached.get() == 1);
}

TEST_CASE("a file of another size or time is read again", "[pipeline]") {
    Cached cached;
    cached.get();
    cached.folder.write("labels.csv", "a,1\nb,2\n");
    CHECK(cached.get() == 2);
    const auto time = std::filesystem::last_write_time(cached.file);
    std::filesystem::last_write_time(cached.file, time + std::chrono::seconds(1));
    CHECK(cached.get() == 3);
}

TEST_CASE("what is not an ordinary file is read each time", "[pipeline]") {
    Cached cached;
    cached.file = cached.folder.path();
    cached.get();
    CHECK(cached.get() == 2);
}

TEST_CASE("of a file that could not be read nothing is kept", "[pipeline]") {
    const test::TempDir folder;
    const auto file = folder.write("labels.csv", "a,1\n");
    FileCache cache;
    CHECK_THROWS_AS(cache.get<int>(file, []() -> int { throw DataError("short row"); }), DataError);
    CHECK(*cache.get<int>(file, [] { return 5; }) == 5);
}

TEST_CASE("two kinds of reading of one file do not mix", "[pipeline]") {
    const test::TempDir folder;
    const auto file = folder.write("labels.csv", "a,1\n");
    FileCache cache;
    CHECK(*cache.get<int>(file, [] { return 5; }) == 5);
    CHECK(*cache.get<std::string>(file, [] { return "five"; }) == "five");
}

}  // namespace trommel
