#include "trommel/dataset/files/line_reader.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {

namespace {

std::vector<std::string> lines_of(std::string_view text) {
    auto reader = LineReader::of_text(text, "t");
    std::vector<std::string> lines;
    while (const auto line = reader.next()) lines.emplace_back(*line);
    CHECK(reader.line() == lines.size());
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end with LF, CRLF or the text", "[dataset]") {
    CHECK(lines_of("a\nb\r\nc") == Lines{"a", "b", "c"});
    CHECK(lines_of("a\n") == Lines{"a"});
    CHECK(lines_of("\n\nb") == Lines{"", "", "b"});
    CHECK(lines_of("").empty());
}

TEST_CASE("a carriage return that ends no line stays", "[dataset]") {
    CHECK(lines_of("a\rb\nc\r") == Lines{"a\rb", "c\r"});
}

TEST_CASE("a line that is not UTF-8 shows its bytes by their numbers", "[dataset]") {
    CHECK(lines_of("caf\xE9\r\n\xFF\n\nb\xFE") == Lines{R"(caf\xE9)", R"(\xFF)", "", R"(b\xFE)"});
    std::string text;
    Lines expected;
    for (int i = 0; i < 20'000; ++i) {  // more than one buffer
        text += std::to_string(i) + (i % 3 == 0 ? "\xE9\n" : " é\n");
        expected.push_back(std::to_string(i) + (i % 3 == 0 ? R"(\xE9)" : " é"));
    }
    CHECK(lines_of(text) == expected);
    auto chunk = LineReader::of_chunk(text, 1, "t");
    Lines found;
    while (const auto line = chunk.next()) found.emplace_back(*line);
    CHECK(found == expected);
}

TEST_CASE("the parts of a file have every line once, wherever they are cut", "[dataset]") {
    test::TempDir folder;
    const std::string text =
        "\xEF\xBB\xBF"
        "one\n\ntwo\r\nthree is longer than the others\n\nfour";
    const auto file = folder.write("t", text);
    const Lines whole = lines_of(text);
    for (std::uint64_t count = 1; count <= text.size() + 3; ++count) {
        Lines joined;
        for (std::uint64_t index = 1; index <= count; ++index) {
            auto reader = LineReader::open(file, FilePart{index, count});
            while (const auto line = reader.next()) joined.emplace_back(*line);
        }
        INFO(count << " parts");
        CHECK(joined == whole);
    }
}

TEST_CASE("an error in a part says which part", "[dataset]") {
    test::TempDir folder;
    auto reader = LineReader::open(folder.write("t", "a\nb\nc\nd\n"), FilePart{2, 2});
    CHECK(reader.next() == "c");
    CHECK_THROWS_WITH(reader.fail("is bad"), Catch::Contains("t (part 2 of 2):1: is bad"));
}

TEST_CASE("a byte order mark is not part of the first line", "[dataset]") {
    CHECK(lines_of("\xEF\xBB\xBFname\nb") == Lines{"name", "b"});
    CHECK(lines_of("\xEF\xBB\xBF").empty());
    CHECK(lines_of("a\n\xEF\xBB\xBF"
                   "b") == Lines{"a",
                                 "\xEF\xBB\xBF"
                                 "b"});
}

TEST_CASE("lines longer than any buffer come whole", "[dataset]") {
    const test::TempDir dir;
    const Lines expected{std::string(300'000, 'a'), "short", std::string(1'000'000, 'b')};
    const auto path =
        dir.write("long.txt", expected[0] + "\n" + expected[1] + "\r\n" + expected[2]);

    auto reader = LineReader::open(path);
    for (const auto& line : expected) CHECK(reader.next() == line);
    CHECK(reader.next() == std::nullopt);
}

TEST_CASE("a line that would fill the memory is refused", "[dataset]") {
    auto reader = LineReader::of_text("a\n" + std::string(LineReader::longest_line + 1, 'x'), "t");

    CHECK(reader.next() == "a");
    CHECK_THROWS_WITH(reader.next(), "t:2: the line is longer than 64 MiB; is this a text file?");
}

TEST_CASE("a file that cannot be read is named with the reason", "[dataset]") {
    const test::TempDir dir;
    const auto missing = dir / "missing.csv";

    CHECK_THROWS_WITH(LineReader::open(missing),
                      missing.string() + ": cannot be opened: No such file or directory");
    CHECK_THROWS_WITH(LineReader::open(dir.path()),
                      dir.path().string() + ": cannot be read: Is a directory");
}

}  // namespace trommel::dataset
