#include "trommel/core/name.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("a name is text of one line and at most a kilobyte", "[core]") {
    for (const auto* name : {"a", "images/a b.jpg", "Schild-ä.png", "標識.jpg", "😀", " ", "#1"})
        CHECK_FALSE(fault_of_name(name));
    CHECK_FALSE(fault_of_name(std::string(max_name_bytes, 'x')));
    CHECK(fault_of_name("") == "is empty");
    CHECK(fault_of_name(std::string(max_name_bytes + 1, 'x')) ==
          "has 1,025 bytes, more than 1,024");
    CHECK(fault_of_name(std::string(15'000'000, 'x')));
}

TEST_CASE("a name that another reader would take for two is refused", "[core]") {
    for (const auto* name : {"a\nb",
                             "a\rb",
                             "a\tb",
                             "\x1b[2J",
                             "a\x7f",
                             "a\xc2\x85",
                             "a\xe2\x80\xa8"
                             "b",
                             "a\xe2\x80\xa9"})
        CHECK(fault_of_name(name) == "holds a control character or a line end");
    CHECK(fault_of_name(std::string_view("a\0b", 3)));
}

TEST_CASE("a name is valid UTF-8", "[core]") {
    // Latin-1, a cut character, overlong forms, a surrogate, beyond the last code point.
    for (const auto* name : {"\xe4",
                             "a\xff",
                             "\xe2\x96",
                             "\xc0\xaf",
                             "\xe0\x80\xaf",
                             "\xf0\x80\x80\xaf",
                             "\xed\xa0\x80",
                             "\xf4\x90\x80\x80",
                             "\x80"})
        CHECK(fault_of_name(name) == "is not valid UTF-8");
}

TEST_CASE("any text can be shown in a message, and none makes it long", "[core]") {
    CHECK(shown("a b.jpg") == "a b.jpg");
    CHECK(shown("a\n\xff") == "a\\x0A\\xFF");
    CHECK(shown("ä") == "ä");
    CHECK(shown(std::string(1'000'000, 'x')).size() < 100);
}

}  // namespace trommel
