#include "trommel/core/text.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace trommel {

TEST_CASE("a swap of neighbours is one edit, as a letter more or less is", "[core]") {
    CHECK(edit_distance("scroe", "score") == 1);
    CHECK(edit_distance("score", "scores") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("a near word is proposed, a far one is not", "[core]") {
    const std::vector<std::string> words{"score", "method", "n_new"};
    CHECK(closest("mehtod", words) == "method");
    CHECK(closest("n_mew", words) == "n_new");
    CHECK(closest("temperature", words) == std::nullopt);
}

TEST_CASE("numbers are written in the fewest digits that read back exactly", "[core]") {
    CHECK(shortest(0.1) == "0.1");
    CHECK(parse_number(shortest(1.0 / 3)) == 1.0 / 3);
    CHECK(shortest(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(std::isnan(*parse_number("nan")));
}

TEST_CASE("what is not wholly a number is none", "[core]") {
    CHECK(parse_number("1.5e3") == 1500);
    CHECK_FALSE(parse_number("1.5x"));
    CHECK_FALSE(parse_number(""));
    CHECK_FALSE(parse_number(" 1"));
}

TEST_CASE("a CSV field is quoted only where it must be", "[core]") {
    CHECK(csv_field("a.jpg") == "a.jpg");
    CHECK(csv_field("a,b") == "\"a,b\"");
    CHECK(csv_field("caf\xE9") == R"(caf\xE9)");
    CHECK(csv_field("say \"hi\"") == "\"say \"\"hi\"\"\"");
}

TEST_CASE("text loses the blanks at its ends only", "[core]") {
    CHECK(trim("  a b\r\n") == "a b");
    CHECK(trim(" \t").empty());
    CHECK(with_commas(1797) == "1,797");
    CHECK(with_commas(20) == "20");
}

}  // namespace trommel
