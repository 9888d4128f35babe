#include "trommel/core/digest.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("digests are those of FIPS 180-4", "[core]") {
    CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a file has the digest of its content, also one of several pieces", "[core]") {
    test::TempDir folder;
    const std::string content(3'000'000, 'x');
    CHECK(sha256_of_file(folder.write("x", content)) == sha256(content));
    CHECK_THROWS_WITH(sha256_of_file(folder / "none"), Catch::Contains("cannot be read"));
}

}  // namespace trommel
