#include "runtime/line_buffer.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string_view>

namespace trommel {
namespace {

void put(LineBuffer& lines, std::string_view text) {
    const auto room = lines.prepare(text.size() + 5);
    std::copy(text.begin(), text.end(), room.begin());
    lines.commit(text.size());
}

TEST_CASE("lines come out whole however the bytes came in", "[runtime]") {
    LineBuffer lines(100);

    put(lines, "one\n\ntw");
    CHECK(lines.take_line() == "one");
    CHECK(lines.take_line() == "");
    CHECK(lines.take_line() == std::nullopt);
    put(lines, "o\nthree");
    CHECK(lines.take_line() == "two");
    CHECK(lines.take_line() == std::nullopt);
    CHECK(lines.take_rest() == "three");
    CHECK(lines.take_rest() == std::nullopt);
}

TEST_CASE("a line as long as allowed passes and a longer one is an error", "[runtime]") {
    LineBuffer lines(4);

    put(lines, "1234\n12345");

    CHECK(lines.take_line() == "1234");
    CHECK_THROWS_AS(lines.take_line(), DataError);
}

}  // namespace
}  // namespace trommel
