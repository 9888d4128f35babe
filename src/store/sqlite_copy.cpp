#include "trommel/store/sqlite_copy.hpp"

#include "store/sqlite_database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>

namespace trommel::store {

namespace {

constexpr std::string_view magic = "SQLite format 3";
constexpr std::chrono::seconds patience{30};

struct BackupFinisher {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

/// Readable by its owner alone from its first byte on: a database may hold secrets.
void make_private(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        throw StoreError(
            StoreError::Reason::unavailable,
            fmt::format("{}: cannot be made; name a file that is not there, in a folder "
                        "that can be written",
                        file.string()));
    ::close(descriptor);
}

}  // namespace

bool is_sqlite(const std::filesystem::path& file) {
    std::string head(magic.size(), '\0');
    std::ifstream(file, std::ios::binary)
        .read(head.data(), static_cast<std::streamsize>(head.size()));
    return head == magic;
}

void copy_sqlite(const std::filesystem::path& from, const std::filesystem::path& to) {
    make_private(to);
    Database source(from, patience);
    Database copy(to, patience);
    copy.run("PRAGMA synchronous = FULL");
    // An open read transaction keeps the pages of one moment, however long the copy takes.
    source.run("BEGIN");
    source.find<std::int64_t>("SELECT count(*) FROM sqlite_master");
    const std::unique_ptr<sqlite3_backup, BackupFinisher> backup(
        sqlite3_backup_init(copy.handle(), "main", source.handle(), "main"));
    if (!backup) copy.fail(sqlite3_extended_errcode(copy.handle()));
    const int code = sqlite3_backup_step(backup.get(), -1);
    if (code != SQLITE_DONE) copy.fail(code);
}

}  // namespace trommel::store
