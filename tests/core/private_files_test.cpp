#include "trommel/core/private_files.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using std::filesystem::perms;
using test::TempDir;

namespace {

perms perms_of(const std::filesystem::path& path) {
    return std::filesystem::status(path).permissions();
}

}  // namespace

TEST_CASE("what is kept to its owner loses what others may do, and nothing else", "[core]") {
    TempDir folder;
    const auto file = folder.write("a.txt", "text");
    std::filesystem::permissions(file, static_cast<perms>(0764));
    CHECK(keep_to_owner(file));
    CHECK(perms_of(file) == static_cast<perms>(0700));
    CHECK(read_file(file) == "text");
    CHECK(keep_to_owner(folder / "missing"));
}

TEST_CASE("a private file is made for its owner alone, and one that is there is left", "[core]") {
    TempDir folder;
    const auto kept = folder.write("kept", "text");
    make_private_file(kept);
    CHECK(read_file(kept) == "text");
    make_private_file(folder / "made");
    CHECK(perms_of(folder / "made") == static_cast<perms>(0600));
}

}  // namespace trommel
