#pragma once

#include "store/sqlite_database.hpp"

namespace trommel::store {

/// Makes the tables in an empty database, or brings those of an older trommel up to date.
///
/// Looks before it writes: another program's database and a newer trommel's are refused as they
/// are, with StoreError.
void prepare_schema(Database& database);

}  // namespace trommel::store
