#include "trommel/store/integrity.hpp"

#include "store/checksum.hpp"
#include "store/sqlite_database.hpp"

#include <fmt/format.h>

#include <array>

namespace trommel::store {

namespace {

/// Where values appear with a checksum of their own, since format 7.
struct Checked {
    const char* table;
    const char* values;
    const char* checksum;
};
constexpr std::array checked{Checked{"tags", "mask", "mask_checksum"},
                             Checked{"embedding_chunks", "floats", "checksum"},
                             Checked{"score_chunks", "doubles", "checksum"}};

bool has_column(Database& database, const Checked& values) {
    return database
        .find<int>("SELECT 1 FROM pragma_table_info(?) WHERE name = ?",
                   std::string_view(values.table),
                   std::string_view(values.checksum))
        .has_value();
}

/// How many values of the table are not those that were written.
std::size_t changed_in(Database& database, const Checked& values) {
    std::size_t changed = 0;
    Statement row(database,
                  fmt::format("SELECT {}, {} FROM {} WHERE {} IS NOT NULL",
                              values.values,
                              values.checksum,
                              values.table,
                              values.checksum));
    row.bind();
    while (row.step()) changed += checksum(row.bytes(0)) != row.get<std::int64_t>(1) ? 1 : 0;
    return changed;
}

}  // namespace

std::vector<std::string> known_ids(const std::filesystem::path& file, std::string_view table) {
    Database database(file, std::chrono::seconds(10));
    std::vector<std::string> ids;
    Statement row(database, fmt::format("SELECT id FROM {}", table));
    row.bind();
    while (row.step()) ids.push_back(row.get<std::string>(0));
    return ids;
}

std::vector<std::string> integrity_faults(const std::filesystem::path& file) {
    std::vector<std::string> faults;
    try {
        Database database(file, std::chrono::seconds(10));
        Statement integrity(database, "PRAGMA integrity_check(20)");
        integrity.bind();
        while (integrity.step())
            if (auto line = integrity.get<std::string>(0); line != "ok")
                faults.push_back(std::move(line));
        Statement keys(database, "PRAGMA foreign_key_check");
        keys.bind();
        while (keys.step() && faults.size() < 20)
            faults.push_back(fmt::format("a row of table {} refers to one of {} that is not there",
                                         keys.get<std::string>(0),
                                         keys.get<std::string>(2)));
        for (const auto& values : checked)
            if (has_column(database, values))
                if (const auto changed = changed_in(database, values); changed > 0)
                    faults.push_back(
                        fmt::format("{} values of table {} are not those that were written",
                                    changed,
                                    values.table));
    } catch (const StoreError& error) {
        faults.emplace_back(error.what());
    }
    return faults;
}

}  // namespace trommel::store
