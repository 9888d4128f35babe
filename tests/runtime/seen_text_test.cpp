#include "runtime/seen_text.hpp"

#include "trommel/core/utf8.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

namespace trommel {
namespace {

std::string seen(std::string_view bytes) {
    SeenText text;
    text.append(bytes);
    return text.text();
}

/// As tqdm draws it.
std::string bar(int percent) {
    std::string text = "\r" + std::to_string(percent) + "%|";
    for (int i = 0; i < percent / 2; ++i) text += "█";
    return text + "| " + std::to_string(percent) + "/100";
}

TEST_CASE("a progress bar is seen once, as it was last", "[runtime]") {
    std::string bytes = "training\n";
    for (int percent = 0; percent <= 50; ++percent) bytes += bar(percent);
    bytes += "\nValueError: bad batch\n";
    CHECK(seen(bytes) == "training\n50%|█████████████████████████| 50/100\nValueError: bad batch");
}

TEST_CASE("a megabyte of bars hides no line before it", "[runtime]") {
    std::string bytes = "CUDA out of memory\n";
    for (int i = 0; i < 10000; ++i) bytes += bar(i % 100);
    CHECK_THAT(seen(bytes), Catch::StartsWith("CUDA out of memory\n99%|"));
    CHECK(seen(bytes).size() < 300);
}

TEST_CASE("two bars, one above the other, are seen once", "[runtime]") {
    std::string bytes;
    for (int i = 1; i <= 3; ++i) {
        const auto n = std::to_string(i);
        bytes += "\repoch " + n + "\n\rbatch " + n + "\x1B[A";
    }
    CHECK(seen(bytes + "\n\nfailed") == "epoch 3\nbatch 3\nfailed");
}

TEST_CASE("what follows a return replaces what stood there, and the rest stays", "[runtime]") {
    CHECK(seen("12345\rab") == "ab345");
    CHECK(seen("12345\b\bx") == "123x5");
    CHECK(seen("12345\r\x1B[Kab") == "ab");
    CHECK(seen("12345\x1B[2K\rab") == "ab");
    CHECK(seen("12345\x1B[2Dx") == "123x5");
    CHECK(seen("12345\x1B[2Gx") == "1x345");
    CHECK(seen("a\n\x1B[2Jb") == "b");
    CHECK(seen("\b\b\x1B[9Dok") == "ok");
}

TEST_CASE("lines end with a line feed, with or without a return", "[runtime]") {
    CHECK(seen("one\r\ntwo\r\n\r\nthree\r\n\r\n") == "one\ntwo\n\nthree");
    CHECK(seen("\n\n  one  \n\n") == "  one");
    CHECK(seen("").empty());
    CHECK(seen(" \n\t\n\r").empty());
    CHECK(seen("a\tb") == "a\tb");
}

TEST_CASE("colours, titles, links and bells are not seen", "[runtime]") {
    CHECK(seen("\x1B[1;31merror\x1B[0m: no") == "error: no");
    CHECK(seen("\x1B]0;title\aerror") == "error");
    CHECK(seen("\x1B]8;;https://x\x1B\\here\x1B]8;;\x1B\\") == "here");
    CHECK(seen("\x1B(Bok\a\x1B"
               "7") == "ok");
    CHECK(seen("\x1B[?25lok\x1B[?25h") == "ok");
    CHECK(seen("\x1B\nok") == "ok");
    CHECK(seen("\x1B[3\nok") == "ok");
}

TEST_CASE("bytes that are not UTF-8 are seen by their numbers", "[runtime]") {
    CHECK(seen("le caf\xE9 est ferm\xE9\n") == R"(le caf\xE9 est ferm\xE9)");
    CHECK(seen("\xFF\xFE") == R"(\xFF\xFE)");
}

TEST_CASE("a character that has begun and not ended is left out", "[runtime]") {
    CHECK(seen("50% \xE2\x96") == "50%");
    CHECK(seen("50% \xE2\x96|") == R"(50% \xE2\x96|)");
}

TEST_CASE("bytes may come in any pieces", "[runtime]") {
    const std::string bytes = "a\x1B[31mb\x1B[0m\r\n\xE2\x96\x88\xE9 \xF0\x9F\x98\x80\rx\x1B]0;t\a";
    SeenText one_by_one;
    for (const char byte : bytes) one_by_one.append({&byte, 1});
    CHECK(one_by_one.text() == seen(bytes));
    CHECK(seen(bytes) == "ab\nx\\xE9 \xF0\x9F\x98\x80");
}

TEST_CASE("only the last lines are kept, whole", "[runtime]") {
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += "line " + std::to_string(i) + "\n";
    CHECK_THAT(seen(bytes), Catch::StartsWith("line 9") && Catch::EndsWith("line 998\nline 999"));
    std::string wide;
    for (int i = 0; i < 30; ++i) {
        wide.append(1000, static_cast<char>('a' + i % 26));
        wide += '\n';
    }
    CHECK(seen(wide) == wide.substr(wide.size() - 4004, 4003));
    CHECK(seen(std::string(100000, 'x')).size() <= SeenText::most_bytes);
}

TEST_CASE("whatever bytes come, the text is UTF-8 and bounded", "[runtime]") {
    std::mt19937 random(11);
    const std::string_view often = "\r\n\b\x1B[]0;1;2KAJBCDG\a\xE2\x96\x88 ";
    for (int i = 0; i < 500; ++i) {
        SeenText text;
        for (unsigned piece = 0; piece < random() % 20; ++piece) {
            std::string bytes(random() % 300, '\0');
            for (char& byte : bytes)
                byte = random() % 2 == 0 ? often[random() % often.size()]
                                         : static_cast<char>(random() % 256);
            text.append(bytes);
        }
        REQUIRE(is_valid_utf8(text.text()));
        REQUIRE(text.text().size() <= SeenText::most_bytes);
    }
}

}  // namespace
}  // namespace trommel
