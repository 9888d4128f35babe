#pragma once

#include "store/sqlite_database.hpp"
#include "trommel/store/sqlite_store.hpp"

namespace trommel::store {

/// Makes the tables in an empty database, or brings those of an older trommel up to date.
///
/// Looks before it writes: another program's database and a newer trommel's are refused as they
/// are, with StoreError. Before an upgrade the file is copied.
void prepare_schema(Database& database, const SqliteOptions& options = {});

/// The write-ahead log of a database, and what of it is known to survive a power failure.
class SyncedLog {
public:
    explicit SyncedLog(Database& database) : database_(database) {}

    /// Returns once all transactions so far, of other connections too where this one has written
    /// since the last time, would survive a power failure.
    /// Once the disk has failed in this, nobody knows what it holds of the log, and every later
    /// call throws.
    void flush();

private:
    Database& database_;
    bool broken_ = false;
    std::int64_t flushed_ = 0;  ///< how many changes the last flush has seen
};

}  // namespace trommel::store
