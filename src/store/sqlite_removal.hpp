// How datasets and embeddings of gigabytes go: hidden at once, then removed row by row.
#pragma once

#include "store/sqlite_database.hpp"

namespace trommel::store {

/// Gives the dataset, and all that is known by an id within it, an id that nobody knows and that
/// begins with `deleted:`. Within a transaction. Does nothing if there is none.
void hide_dataset(Database& database, const DatasetId& id);

/// Removes some rows of what is hidden, in one short transaction; false once there are none.
bool remove_some_rows(Database& database);

}  // namespace trommel::store
