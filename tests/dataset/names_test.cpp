#include "trommel/dataset/names.hpp"

#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {

TEST_CASE("a list of names keeps the file's order and skips empty lines", "[dataset]") {
    const test::TempDir dir;
    const auto path = dir.write("names.txt", "b.jpg\r\n\n#1 a.jpg\n \n\n");

    CHECK(read_names(path) == std::vector<std::string>{"b.jpg", "#1 a.jpg", " "});
    CHECK(parse_names("", "n.txt").empty());
}

TEST_CASE("a name listed twice is refused with both lines", "[dataset]") {
    CHECK_THROWS_WITH(parse_names("a\n\nb\na\n", "n.txt"),
                      "n.txt:4: sample 'a' appears a second time, first in line 1");
}

TEST_CASE("a line that is not a name is refused with its number", "[dataset]") {
    CHECK_THROWS_WITH(parse_names("a.jpg\na\tb\n", "n"),
                      Catch::Contains("n:2") && Catch::Contains("control character"));
    CHECK_THROWS_WITH(parse_names(std::string(2000, 'x'), "n"), Catch::Contains("2,000 bytes"));
}

}  // namespace trommel::dataset
