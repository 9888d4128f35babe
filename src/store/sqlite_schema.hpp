#pragma once

#include "store/sqlite_database.hpp"

namespace trommel::store {

/// Makes the tables in an empty database, or brings those of an older trommel up to date.
///
/// Looks before it writes: another program's database and a newer trommel's are refused as they
/// are, with StoreError.
void prepare_schema(Database& database);

/// Returns once all transactions so far would survive a power failure.
void sync_log(Database& database);

}  // namespace trommel::store
