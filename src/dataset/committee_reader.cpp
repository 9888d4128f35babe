#include "json_reader.hpp"
#include "trommel/dataset/committees.hpp"

#include <fmt/format.h>

#include <string_view>

namespace trommel::dataset {
namespace {

class CommitteeDecoder {
public:
    void operator()(const Record& record, CommitteeRecords& batch) {
        const auto& rows = record.array(
            record.member(record.object(), "probabilities", "the record"), "probabilities");
        if (rows.size() < 2)
            record.fail("'probabilities' must hold a list for each of two members or more");
        std::vector<double> values;
        std::size_t classes = classes_;
        for (const auto& row : rows) {
            const auto numbers = record.numbers(row, "probabilities");
            if (numbers.empty()) record.fail("'probabilities' holds an empty list");
            if (classes == 0) classes = numbers.size();
            if (numbers.size() != classes)
                record.fail(fmt::format(
                    "a member has {} probabilities, and those before {}", numbers.size(), classes));
            values.insert(values.end(), numbers.begin(), numbers.end());
        }
        if (members_ != 0 && rows.size() != members_)
            record.fail(fmt::format(
                "'probabilities' has {} members, and those before have {}", rows.size(), members_));
        batch.members = members_ = rows.size();
        batch.classes = classes_ = classes;
        batch.probs.insert(batch.probs.end(), values.begin(), values.end());
    }

private:
    std::size_t members_ = 0;  ///< 0: no record has said it
    std::size_t classes_ = 0;
};

}  // namespace

std::unique_ptr<CommitteeReader> open_committees(LineReader lines, const ReadOptions& options) {
    return std::make_unique<JsonReader<CommitteeRecords, CommitteeDecoder>>(std::move(lines),
                                                                            options);
}

bool is_of_committees(std::string_view text) {
    constexpr std::string_view key = "\"probabilities\"";
    constexpr std::string_view blanks = " \t\r";
    for (const char expected : {':', '[', '['}) {
        if (expected == ':') {
            const auto at = text.find(key);
            if (at == std::string_view::npos) return false;
            text.remove_prefix(at + key.size());
        }
        const auto next = text.find_first_not_of(blanks);
        if (next == std::string_view::npos || text[next] != expected) return false;
        text.remove_prefix(next + 1);
    }
    return true;
}

}  // namespace trommel::dataset
