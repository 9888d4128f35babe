#include "trommel/dataset/files/csv.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {

namespace {

using Record = std::vector<std::string>;

CsvReader reader_of(std::string_view text) { return CsvReader(LineReader::of_text(text, "t.csv")); }

std::vector<Record> records_of(std::string_view text) {
    auto csv = reader_of(text);
    std::vector<Record> records;
    while (const auto record = csv.next()) records.emplace_back(record->begin(), record->end());
    return records;
}

void read_to_end(std::string_view text) { records_of(text); }

}  // namespace

TEST_CASE("a record is what appears between commas and line ends", "[dataset]") {
    CHECK(records_of("a,b\r\nc,\n,d") == std::vector<Record>{{"a", "b"}, {"c", ""}, {"", "d"}});
    CHECK(records_of("a\n\nb\n") == std::vector<Record>{{"a"}, {""}, {"b"}});
    CHECK(records_of("").empty());
}

TEST_CASE("quoted fields hold commas, quotes and line ends", "[dataset]") {
    CHECK(records_of("\"a,b\",c") == std::vector<Record>{{"a,b", "c"}});
    CHECK(records_of("c,\"say \"\"hi\"\"\"") == std::vector<Record>{{"c", "say \"hi\""}});
    CHECK(records_of("\"\",\"\"\"\"\r\n") == std::vector<Record>{{"", "\""}});
    CHECK(records_of("\"two\r\nlines\",b\nc,d") ==
          std::vector<Record>{{"two\r\nlines", "b"}, {"c", "d"}});
    CHECK(records_of("\"a\",") == std::vector<Record>{{"a", ""}});
}

TEST_CASE("a record knows the line where it begins", "[dataset]") {
    auto csv = reader_of("a\n\"b\n\nb\",x\nc\n");

    std::vector<std::size_t> lines;
    while (csv.next()) lines.push_back(csv.line());

    CHECK(lines == std::vector<std::size_t>{1, 2, 5});
}

TEST_CASE("a quote that is never closed is an error where its record begins", "[dataset]") {
    CHECK_THROWS_WITH(read_to_end("a\nb,\"c\nd\n"),
                      "t.csv:2: a quoted field that begins in this record is never closed");
    CHECK_THROWS_AS(read_to_end("\""), DataError);
}

TEST_CASE("a quote in the wrong place is an error", "[dataset]") {
    CHECK_THROWS_WITH(
        read_to_end("a,5\" disk"),
        "t.csv:1: a quote appears inside an unquoted field; quote the whole field and "
        "double the quote");
    CHECK_THROWS_WITH(read_to_end("\"a\"b,c"),
                      "t.csv:1: a quoted field must end at its closing quote");
}

}  // namespace trommel::dataset
