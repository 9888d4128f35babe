#include "trommel/core/record_log.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;
using Records = std::vector<std::string>;

namespace {

const Records three{R"({"a":1})", R"({"b":"two"})", R"({"c":[3]})"};

std::filesystem::path log_of_three(const TempDir& folder) {
    RecordLog log(folder / "log.jsonl");
    log.append(three, RecordLog::Sync::yes);
    return folder / "log.jsonl";
}

}  // namespace

TEST_CASE("a log gives its records back, and takes more", "[core]") {
    TempDir folder;
    const auto file = log_of_three(folder);
    RecordLog log(file);
    CHECK(log.take_records() == three);
    log.append(R"({"d":4})", RecordLog::Sync::no);
    CHECK(read_records(file).records.back() == R"({"d":4})");
    CHECK(read_records(folder / "none.jsonl").records.empty());
}

TEST_CASE("a line is JSON with the CRC-32 of the record", "[core]") {
    // The check value of CRC-32: that of the digits 1 to 9.
    CHECK(checked_line("123456789") == "{\"crc\":\"cbf43926\",\"record\":123456789}\n");
    CHECK(checked_record("{\"crc\":\"cbf43926\",\"record\":123456789}") == "123456789");
    CHECK_FALSE(checked_record("{\"crc\":\"cbf43926\",\"record\":123456780}"));
    CHECK_FALSE(checked_record(""));
}

TEST_CASE("a tail that was torn anywhere is cut off", "[core]") {
    TempDir folder;
    const auto file = log_of_three(folder);
    const std::string whole = read_file(file);
    const auto third = whole.rfind("{\"crc\"");
    for (std::size_t size = third; size < whole.size(); ++size) {
        folder.write("log.jsonl", whole.substr(0, size));
        CHECK(read_records(file).torn == (size > third));
        RecordLog log(file);
        CHECK(log.take_records() == Records{three[0], three[1]});
        log.append(three[2], RecordLog::Sync::no);
        CHECK(read_file(file) == whole);
    }
}

TEST_CASE("a tail of zeros, as a power failure leaves it, is cut off", "[core]") {
    TempDir folder;
    const auto file = log_of_three(folder);
    folder.write("log.jsonl", read_file(file) + std::string(100, '\0'));
    CHECK(RecordLog(file).take_records() == three);
    CHECK_FALSE(read_records(file).torn);
}

TEST_CASE("a damaged line before good ones is an error with its number", "[core]") {
    TempDir folder;
    const auto file = log_of_three(folder);
    std::string text = read_file(file);
    text[text.find("two")] = 'T';
    folder.write("log.jsonl", text);
    CHECK_THROWS_WITH(read_records(file), Contains("log.jsonl:2: the line is damaged"));
    CHECK_THROWS_AS(RecordLog(file), DataError);
    CHECK(read_file(file) == text);
}

}  // namespace trommel
