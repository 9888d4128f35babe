// SQLite's C interface with owners and errors: a connection, a statement, a transaction.
#pragma once

#include "store/write_queue.hpp"
#include "trommel/core/id.hpp"
#include "trommel/dataset/records.hpp"
#include "trommel/store/store_error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace trommel::store {

using Bytes = std::span<const std::byte>;

struct StatementFinalizer {
    void operator()(sqlite3_stmt* handle) const;
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, StatementFinalizer>;

/// One connection. Every failure becomes a StoreError that names the file and a way out.
class Database {
public:
    Database(std::filesystem::path path, std::chrono::milliseconds busy_timeout);

    const std::filesystem::path& path() const { return path_; }
    std::chrono::milliseconds busy_timeout() const { return busy_timeout_; }
    sqlite3* handle() const { return handle_.get(); }

    /// A statement that is ready to bind: one that an earlier use has given back, or a new one.
    StatementHandle prepare(const std::string& sql);
    void give_back(std::string sql, StatementHandle statement) noexcept;

    /// Rows that the last statement inserted, updated or deleted.
    std::int64_t changes() const;
    /// Rows that all statements of this connection have inserted, updated or deleted.
    std::int64_t all_changes() const;
    std::int64_t last_row() const;
    /// 32 hex digits that nobody can guess.
    std::string random_name();
    bool in_transaction() const;
    /// Ends the transaction, if there is one, as if it had never been.
    void undo() noexcept;
    /// Where the connections of this process to this file wait to write.
    WriteQueue& write_queue() { return *write_queue_; }

    /// Runs one statement to its end.
    template <typename... Args>
    void run(std::string sql, const Args&... args);

    /// The first column of the first row, or nothing.
    template <typename T, typename... Args>
    std::optional<T> find(std::string sql, const Args&... args);

    /// Throws what SQLite's result `code` means for this file.
    [[noreturn]] void fail(int code) const;
    /// Throws: a value that only damage explains.
    [[noreturn]] void fail_damaged(std::string_view what) const;

private:
    struct Closer {
        void operator()(sqlite3* handle) const;
    };

    [[noreturn]] void fail_to_open(int code) const;
    std::pair<StoreError::Reason, std::string> meaning(int code) const;
    std::string last_message() const;

    std::filesystem::path path_;
    std::chrono::milliseconds busy_timeout_;
    std::unique_ptr<sqlite3, Closer> handle_;
    std::shared_ptr<WriteQueue> write_queue_;
    // To prepare a statement takes as long as to run it, and there are some 60 texts in all.
    std::unordered_multimap<std::string, StatementHandle> idle_;
};

/// A prepared statement. Texts are copied when bound; bytes must outlive the stepping.
class Statement {
public:
    Statement(Database& database, std::string sql);
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    /// Makes the statement ready to step with these values for ?1, ?2, …
    template <typename... Args>
    Statement& bind(const Args&... args) {
        reset();
        int place = 0;
        (bind_at(++place, args), ...);
        return *this;
    }

    /// Moves to the next row; false after the last.
    bool step();
    void run() {
        while (step()) continue;
    }

    /// The value of a column, counted from 0, in the current row.
    template <typename T>
    T get(int column) const {
        if constexpr (is_optional<T>::value) {
            if (is_null(column)) return std::nullopt;
            return get<typename T::value_type>(column);
        } else if constexpr (std::is_same_v<T, Timestamp>) {
            return Timestamp(std::chrono::milliseconds(integer(column)));
        } else if constexpr (std::is_integral_v<T>) {
            return static_cast<T>(integer(column));
        } else if constexpr (std::is_same_v<T, double>) {
            return real(column);
        } else {
            return T(text(column));
        }
    }

    /// Valid until the next step.
    Bytes bytes(int column) const;

private:
    template <typename T>
    struct is_optional : std::false_type {};
    template <typename T>
    struct is_optional<std::optional<T>> : std::true_type {};

    void reset();
    void bind_at(int place, std::nullopt_t);
    void bind_at(int place, double value);
    void bind_at(int place, std::string_view value);
    void bind_at(int place, Bytes value);
    void bind_integer(int place, std::int64_t value);

    void bind_at(int place, const char* value) { bind_at(place, std::string_view(value)); }
    void bind_at(int place, const std::string& value) { bind_at(place, std::string_view(value)); }
    void bind_at(int place, Timestamp value) {
        bind_integer(place, value.time_since_epoch().count());
    }
    template <typename T>
    requires std::is_integral_v<T>
    void bind_at(int place, T value) { bind_integer(place, static_cast<std::int64_t>(value)); }
    template <typename Kind>
    void bind_at(int place, const Id<Kind>& value) {
        bind_at(place, std::string_view(value.text()));
    }
    template <typename T>
    void bind_at(int place, const std::optional<T>& value) {
        if (value)
            bind_at(place, *value);
        else
            bind_at(place, std::nullopt);
    }

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;

    Database& database_;
    std::string sql_;
    StatementHandle handle_;
};

/// This connection's turn to write among those of this process. SQLite alone lets who asks next
/// have the lock, so that many short transactions in a row would keep all others out.
class WriteTurn {
public:
    /// Waits no longer than for another process.
    explicit WriteTurn(Database& database);
    WriteTurn(const WriteTurn&) = delete;
    WriteTurn& operator=(const WriteTurn&) = delete;
    ~WriteTurn() { queue_.leave(); }

private:
    WriteQueue& queue_;
};

/// Takes the write lock at once, so that no statement inside finds the database locked half way.
/// Undoes everything unless committed.
class Transaction {
public:
    explicit Transaction(Database& database) : database_(database), turn_(database) {
        database_.run("BEGIN IMMEDIATE");
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() { database_.undo(); }

    void commit() { database_.run("COMMIT"); }

private:
    Database& database_;
    WriteTurn turn_;
};

template <typename... Args>
void Database::run(std::string sql, const Args&... args) {
    Statement(*this, std::move(sql)).bind(args...).run();
}

template <typename T, typename... Args>
std::optional<T> Database::find(std::string sql, const Args&... args) {
    Statement statement(*this, std::move(sql));
    if (!statement.bind(args...).step()) return std::nullopt;
    return statement.get<T>(0);
}

}  // namespace trommel::store
