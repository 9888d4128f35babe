#include "server/kept/reserve.hpp"

#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

namespace trommel::server {

TEST_CASE("the reserve holds space back, gives it away once, and is made again", "[server]") {
    const test::TempDir folder;
    const auto file = folder / "reserve";
    Reserve reserve(folder.path());
    REQUIRE_FALSE(reserve.is_released());
    CHECK(std::filesystem::file_size(file) == Reserve::most);

    CHECK(reserve.release());
    CHECK(reserve.is_released());
    CHECK_FALSE(std::filesystem::exists(file));
    CHECK_FALSE(reserve.release());

    CHECK(reserve.make());
    CHECK_FALSE(reserve.is_released());
    CHECK(std::filesystem::file_size(file) == Reserve::most);
    CHECK_FALSE(Reserve(folder.path()).is_released());
}

TEST_CASE("a reserve that cannot be made is none", "[server]") {
    const test::TempDir folder;
    Reserve reserve(folder / "missing");
    CHECK(reserve.is_released());
    CHECK_FALSE(reserve.make());
}

}  // namespace trommel::server
