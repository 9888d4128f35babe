#include "trommel/core/utf8.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace trommel {
namespace {

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 256);
    return bytes;
}

}  // namespace

TEST_CASE("every character goes through UTF-8 and back", "[core]") {
    std::size_t characters = 0;
    for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
        if (code == 0xD800) code = 0xE000;
        std::string text;
        append_utf8(text, code);
        const auto found = decode_utf8(text + "x");
        characters += found && found->code == code && found->bytes == text.size() ? 1 : 0;
    }
    CHECK(characters == 0x110000 - 0x800);
}

TEST_CASE("what is not UTF-8 is told by its first bad byte", "[core]") {
    // Unicode 15.0, table 3-7 and section 3.9: surrogates, overlong forms, what is beyond U+10FFFF,
    // parts of characters, bytes that begin none.
    for (const auto* bad : {"\xED\xA0\x80",
                            "\xC0\xAF",
                            "\xE0\x80\xAF",
                            "\xF4\x90\x80\x80",
                            "\xF5",
                            "\xE2\x96",
                            "\x80",
                            "\xC3(",
                            "\xFF"}) {
        CHECK_FALSE(decode_utf8(bad));
        CHECK_FALSE(is_valid_utf8(bad));
        CHECK_FALSE(is_valid_utf8(std::string("twelve bytes") + bad + "and more"));
    }
    CHECK(is_valid_utf8("Grüße, 日本語, █ and \xF0\x9F\x98\x80"));
    CHECK(is_valid_utf8(""));
    CHECK_FALSE(decode_utf8(""));
}

TEST_CASE("a byte that belongs to no character is shown by its number", "[core]") {
    CHECK(valid_utf8("caf\xE9") == R"(caf\xE9)");
    CHECK(valid_utf8("\xE2\x96") == R"(\xE2\x96)");  // half a block
    CHECK(valid_utf8("a\xE2\x96\x88z\xFF\xFE") == "a\xE2\x96\x88z\\xFF\\xFE");
    CHECK(valid_utf8("caf\xE9", "%") == "caf%E9");
    CHECK(valid_utf8("as it is: é\n") == "as it is: é\n");
}

TEST_CASE("any bytes become UTF-8, the second time unchanged, and stay apart", "[core]") {
    std::mt19937 random(20260131);
    for (int i = 0; i < 5000; ++i) {
        const auto bytes = random_bytes(random, random() % 40);
        const auto valid = valid_utf8(bytes);
        REQUIRE(is_valid_utf8(valid));
        REQUIRE(valid_utf8(valid) == valid);
        REQUIRE((valid == bytes) == is_valid_utf8(bytes));
        REQUIRE(valid_utf8(bytes + "\xFF") != valid_utf8(bytes + "\xFE"));
    }
}

}  // namespace trommel
