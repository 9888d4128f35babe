#include "trommel/core/durable_file.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;

TEST_CASE("a replaced file has the new content and leaves no draft", "[core]") {
    TempDir folder;
    const auto file = folder.write("a.txt", "old");
    replace_file(file, "new");
    CHECK(read_file(file) == "new");
    replace_derived_file(file, "newer");
    CHECK(read_file(file) == "newer");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a growing file goes on where it ended, and can be cut", "[core]") {
    TempDir folder;
    const auto file = folder.write("a.txt", "one\n");
    GrowingFile growing(file);
    growing.append("two\nthree\n");
    growing.sync();
    growing.cut(8);
    growing.append("3\n");
    CHECK(read_file(file) == "one\ntwo\n3\n");
    CHECK(growing.size() == 10);
}

TEST_CASE("what cannot be written is named with the reason", "[core]") {
    TempDir folder;
    CHECK_THROWS_WITH(replace_file(folder / "none/a.txt", "x"),
                      Contains("none/.a.txt.new: cannot write: No such file or directory"));
    CHECK_THROWS_WITH(GrowingFile(folder.path()), Contains(": cannot write: Is a directory"));
    CHECK_THROWS_WITH(read_file(folder / "a.txt"), Contains("a.txt: cannot read"));
    folder.write("file", "");
    CHECK_THROWS_WITH(make_folder(folder / "file/inner"), Contains("cannot make the directory"));
    CHECK_THROWS_WITH(GrowingFile("/dev/full").append("x"), Contains("No space left on device"));
}

}  // namespace trommel
