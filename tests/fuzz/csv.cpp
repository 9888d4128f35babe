// Any CSV text is read to its end or refused, and what was read can be written and read again.
#include "trommel/dataset/files/csv.hpp"

#include "text.hpp"
#include "trommel/core/error.hpp"

#include <string>
#include <vector>

namespace {

using Records = std::vector<std::vector<std::string>>;

Records read(std::string_view text) {
    trommel::dataset::CsvReader csv(trommel::dataset::LineReader::of_text(text, "fuzz.csv"));
    Records records;
    while (const auto record = csv.next()) records.emplace_back(record->begin(), record->end());
    return records;
}

/// Every field quoted.
std::string written(const Records& records) {
    std::string text;
    for (const auto& record : records) {
        for (const auto& field : record) {
            text += text.empty() || text.back() == '\n' ? "\"" : ",\"";
            for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
            text += '"';
        }
        text += "\r\n";
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Records records;
    try {
        records = read(trommel::test::text_of(data, size));
    } catch (const trommel::DataError&) {
        return 0;
    }
    trommel::test::require(read(written(records)) == records);
    return 0;
}
