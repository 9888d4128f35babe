#include "trommel/store/integrity.hpp"

#include "store/sqlite_database.hpp"

#include <fmt/format.h>

namespace trommel::store {

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
    } catch (const StoreError& error) {
        faults.emplace_back(error.what());
    }
    return faults;
}

}  // namespace trommel::store
