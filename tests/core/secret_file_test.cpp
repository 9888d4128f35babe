#include "trommel/core/secret_file.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

namespace trommel {

using Catch::Contains;

TEST_CASE("a secret is alone in its file", "[core]") {
    const test::TempDir folder;
    for (const auto* content : {"the secret", "the secret\n", "the secret\r\n", "the secret\n\n"})
        CHECK(read_secret_file(folder.write("s", content)).text == "the secret");
}

TEST_CASE("a file without a secret is refused by name", "[core]") {
    const test::TempDir folder;
    for (const auto* content : {"", "\n", " ", " \r\n", "\t\n\n"})
        CHECK_THROWS_WITH(read_secret_file(folder.write("s", content)),
                          Contains((folder / "s").string()) && Contains("is empty"));
    CHECK_THROWS_AS(read_secret_file(folder.write("s", std::string("a\0b", 3))), ConfigError);
    CHECK_THROWS_AS(read_secret_file(folder.write("s", std::string(70'000, 'x'))), ConfigError);
    CHECK_THROWS_WITH(read_secret_file(folder / "none"),
                      Contains((folder / "none").string()) && Contains("cannot be read"));
    CHECK_THROWS_WITH(read_secret_file(folder.path()), Contains("no regular file"));
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK_THROWS_WITH(read_secret_file(folder / "pipe"), Contains("no regular file"));
}

TEST_CASE("a secret that others may write is refused, one that they may read warned of", "[core]") {
    const test::TempDir folder;
    const auto file = folder.write("s", "the secret");
    const auto with = [&](mode_t mode) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        return read_secret_file(file);
    };
    CHECK_FALSE(with(0600).warning);
    CHECK_FALSE(with(0400).warning);
    for (const mode_t mode : {0644U, 0640U, 0444U, 0604U}) {
        const auto secret = with(mode);
        CHECK(secret.text == "the secret");
        REQUIRE(secret.warning);
        CHECK_THAT(*secret.warning, Contains(file.string()));
    }
    for (const mode_t mode : {0620U, 0602U, 0666U})
        CHECK_THROWS_WITH(with(mode), Contains(file.string()) && Contains("may be written"));
}

}  // namespace trommel
