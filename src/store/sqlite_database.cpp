#include "store/sqlite_database.hpp"

#include "trommel/core/no_space.hpp"
#include "trommel/core/private_files.hpp"
#include "trommel/store/store_full.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace trommel::store {

namespace {

using Reason = StoreError::Reason;

/// SQLite says of a file beside the database that it is not there, where the disk has no room to
/// make it.
bool has_no_space_beside(const std::filesystem::path& database) {
    auto probe = database;
    probe += "-probe";
    const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const bool is_written = file >= 0 && ::write(file, "x", 1) == 1;
    const int error = is_written ? 0 : errno;
    if (file >= 0) ::close(file);
    ::unlink(probe.c_str());
    return is_no_space(error);
}

}  // namespace

void Database::Closer::operator()(sqlite3* handle) const { sqlite3_close(handle); }

Database::Database(std::filesystem::path path, std::chrono::milliseconds busy_timeout)
    : path_(std::move(path)), busy_timeout_(busy_timeout) {
    // The files beside it get the same permissions from SQLite.
    if (is_no_space(make_private_file(path_)))
        throw StoreFullError(path_.string() + ": no space left on the disk; free some space");
    sqlite3* handle = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path_.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) fail_to_open(code);
    sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
    if (sqlite3_db_readonly(handle, "main") == 1) fail(SQLITE_READONLY);
    write_queue_ = WriteQueue::of(path_);
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle()); }

std::int64_t Database::all_changes() const { return sqlite3_total_changes64(handle()); }

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle()); }

std::string Database::random_name() {
    return *find<std::string>("SELECT lower(hex(randomblob(16)))");
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

void Database::undo() noexcept {
    // A full disk undoes the transaction by itself; and what a dead connection cannot undo, the
    // next opening does. So a failure here is none.
    if (in_transaction()) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::fail_to_open(int code) const {
    if (!handle_) throw std::bad_alloc();
    std::error_code ignored;
    const auto folder = path_.parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
        throw StoreError(Reason::unavailable,
                         fmt::format("{}: the folder does not exist; make it first: mkdir -p '{}'",
                                     path_.string(),
                                     folder.string()));
    fail(code);
}

std::string Database::last_message() const {
    const int number = sqlite3_system_errno(handle());
    if (number == 0) return sqlite3_errmsg(handle());
    return fmt::format(
        "{} ({})", sqlite3_errmsg(handle()), std::generic_category().message(number));
}

void Database::fail(int code) const {
    if (code == SQLITE_NOMEM) throw std::bad_alloc();
    if ((code & 0xff) == SQLITE_CORRUPT) fail_damaged(sqlite3_errmsg(handle()));
    const int kind = code & 0xff;
    const bool is_of_disk = kind == SQLITE_CANTOPEN || kind == SQLITE_IOERR;
    const bool is_full = kind == SQLITE_FULL ||
                         (is_of_disk && is_no_space(sqlite3_system_errno(handle()))) ||
                         (kind == SQLITE_CANTOPEN && has_no_space_beside(path_));
    if (is_full)
        throw StoreFullError(path_.string() +
                             ": no space left on the disk, or the bound on the file's size is "
                             "reached; nothing of this step was written; free some space and try "
                             "again");
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        throw StoreError(Reason::unusable,
                         path_.string() +
                             ": the disk failed to keep what was written; mend it, then restart "
                             "the program");
    const auto [reason, what] = meaning(kind);
    throw StoreError(reason, path_.string() + ": " + what);
}

std::pair<Reason, std::string> Database::meaning(int code) const {
    switch (code) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Reason::unavailable,
                    fmt::format("locked by another process for more than {} ms; close that one or "
                                "try again",
                                busy_timeout_.count())};
        case SQLITE_READONLY:
            return {Reason::unavailable,
                    "cannot be written; make the file and its folder writable, or name another "
                    "file"};
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {Reason::unavailable,
                    fmt::format("cannot be opened, read or written: {}; check that it is a file, "
                                "its permissions and its disk",
                                last_message())};
        case SQLITE_NOTADB:
            return {Reason::unusable,
                    "not an SQLite database; name another file, or move this one away"};
        default:
            return {Reason::unusable,
                    fmt::format("SQLite answered: {}; check the file with: sqlite3 '{}' 'PRAGMA "
                                "integrity_check'",
                                last_message(),
                                path_.string())};
    }
}

void Database::fail_damaged(std::string_view what) const {
    throw StoreError(Reason::unusable,
                     fmt::format("{0}: the database is damaged: {1}; restore a backup, or rescue "
                                 "what is left with: sqlite3 '{0}' .recover",
                                 path_.string(),
                                 what));
}

void StatementFinalizer::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

StatementHandle Database::prepare(const std::string& sql) {
    if (const auto known = idle_.find(sql); known != idle_.end()) {
        auto statement = std::move(known->second);
        idle_.erase(known);
        return statement;
    }
    sqlite3_stmt* made = nullptr;
    const int code =
        sqlite3_prepare_v2(handle(), sql.data(), static_cast<int>(sql.size()), &made, nullptr);
    StatementHandle statement(made);
    if (code != SQLITE_OK) fail(code);
    return statement;
}

void Database::give_back(std::string sql, StatementHandle statement) noexcept {
    sqlite3_reset(statement.get());
    sqlite3_clear_bindings(statement.get());
    try {
        idle_.emplace(std::move(sql), std::move(statement));
    } catch (const std::bad_alloc&) {
        // Then it is prepared again.
    }
}

Statement::Statement(Database& database, std::string sql)
    : database_(database), sql_(std::move(sql)), handle_(database.prepare(sql_)) {}

Statement::~Statement() { database_.give_back(std::move(sql_), std::move(handle_)); }

bool Statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.fail(code);
    return false;
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

void Statement::bind_at(int place, std::nullopt_t) { sqlite3_bind_null(handle_.get(), place); }

void Statement::bind_at(int place, double value) {
    sqlite3_bind_double(handle_.get(), place, value);
}

void Statement::bind_at(int place, std::string_view value) {
    const char* data = value.empty() ? "" : value.data();  // a null pointer would bind NULL
    sqlite3_bind_text64(handle_.get(), place, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind_at(int place, Bytes value) {
    const void* data = value.empty() ? "" : static_cast<const void*>(value.data());
    if (sqlite3_bind_blob64(handle_.get(), place, data, value.size(), SQLITE_STATIC) != SQLITE_OK)
        database_.fail(SQLITE_TOOBIG);
}

void Statement::bind_integer(int place, std::int64_t value) {
    sqlite3_bind_int64(handle_.get(), place, value);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }

std::string Statement::text(int column) const {
    const auto bytes = this->bytes(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(handle_.get(), column);
    const int size = sqlite3_column_bytes(handle_.get(), column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

WriteTurn::WriteTurn(Database& database) : queue_(database.write_queue()) {
    if (!queue_.enter(database.busy_timeout())) database.fail(SQLITE_BUSY);
}

}  // namespace trommel::store
