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

TEST_CASE("damaged lines are left out where that is asked for", "[core]") {
    TempDir folder;
    const auto file = log_of_three(folder);
    std::string text = read_file(file);
    text[text.find("two")] = 'T';
    folder.write("log.jsonl", text + "{\"crc\":\"");
    const auto found = read_records(file, OnDamage::leave_out);
    CHECK(found.records == Records{three[0], three[2]});
    CHECK(found.lines == std::vector<std::size_t>{1, 3});
    CHECK(found.damaged == std::vector<std::size_t>{2});
    CHECK(found.torn);
}

TEST_CASE("damaged lines are taken out, and the file is kept as it was", "[core]") {
    TempDir folder;
    const auto file = log_of_three(folder);
    std::string text = read_file(file);
    text[text.find("two")] = 'T';
    folder.write("log.jsonl", text);
    CHECK(drop_damaged_records(file) == std::vector<std::size_t>{2});
    CHECK(RecordLog(file).take_records() == Records{three[0], three[2]});
    CHECK(read_file(folder / "log.jsonl.damaged") == text);
    CHECK(drop_damaged_records(file).empty());
    CHECK(drop_damaged_records(folder / "none.jsonl").empty());
    CHECK(name_for_damaged(file) == folder / "log.jsonl.damaged-2");
}

TEST_CASE("a record with a right checksum that no reader of JSON takes is damaged", "[core]") {
    TempDir folder;
    const auto file = log_of_three(folder);
    // As a version before wrote it: Latin-1, and its checksum.
    const std::string line = "{\"crc\":\"2f86bc3e\",\"record\":{\"m\":\"caf\xE9\"}}\n";
    CHECK(checked_record(line.substr(0, line.size() - 1)));
    folder.write("log.jsonl", line + read_file(file));
    CHECK(read_records(file, OnDamage::leave_out).records == three);
    CHECK_THROWS_WITH(read_records(file), Contains("log.jsonl:1: the line is damaged"));
}

TEST_CASE("a record that could not be read is not written", "[core]") {
    TempDir folder;
    RecordLog log(folder / "log.jsonl");
    for (const auto* bad : {"", "{", "{\"m\":\"\xE9\"}", "{\"m\":NaN}", "{}\n{}", "{\n}"})
        CHECK_THROWS_WITH(log.append(bad, RecordLog::Sync::no), Contains("cannot be read back"));
    CHECK(read_file(folder / "log.jsonl").empty());
}

}  // namespace trommel
