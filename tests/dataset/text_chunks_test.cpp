#include "trommel/dataset/files/text_chunks.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/files/record_fault.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {
namespace {

struct Line {
    std::size_t number;
    std::string text;

    bool operator==(const Line&) const = default;
};

std::vector<Line> lines_of(LineReader reader) {
    std::vector<Line> lines;
    while (const auto line = reader.next()) lines.push_back({reader.line(), std::string(*line)});
    return lines;
}

}  // namespace

TEST_CASE("chunks of any size have every line once, with its number", "[dataset]") {
    const test::TempDir dir;
    for (const std::string text : {"",
                                   "a",
                                   "a\n",
                                   "\n",
                                   "a\n\nbb\r\nccc",
                                   "\xEF\xBB\xBF"
                                   "a\nb\n"}) {
        const auto file = dir.write("t", text);
        const auto expected = lines_of(LineReader::open(file));
        for (std::size_t bytes = 1; bytes < 12; ++bytes) {
            INFO(text << " in chunks of " << bytes);
            TextChunks chunks(file, bytes);
            std::vector<Line> lines;
            while (auto chunk = chunks.next())
                for (auto& line :
                     lines_of(LineReader::of_chunk(std::move(chunk->text), chunk->first_line, "t")))
                    lines.push_back(std::move(line));
            CHECK(lines == expected);
        }
    }
}

TEST_CASE("a chunk names its lines by their numbers in the file", "[dataset]") {
    auto reader = LineReader::of_chunk("x\ny\n", 41, "t.jsonl");
    reader.next();
    reader.next();
    CHECK_THROWS_WITH(reader.fail("is bad"), "t.jsonl:42: is bad");
}

}  // namespace trommel::dataset
