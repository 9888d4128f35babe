// The store in one SQLite file: needs no server, survives kill -9.
#pragma once

#include "trommel/store/served_store.hpp"
#include "trommel/store/store.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace trommel::store {

struct SqliteOptions {
    /// How long a call waits for another process that is writing.
    std::chrono::milliseconds busy_timeout{5000};
    /// The file refuses to grow beyond this; 0 = as far as the disk allows.
    std::uint64_t max_bytes = 0;
    /// Is told, in a sentence, what opening the file has changed beside it: the copy that is made
    /// before an upgrade. May be empty.
    std::function<void(const std::string& what)> notice{};
};

/// Opens the database at `path`, making or upgrading it where needed. Before an upgrade from format
/// 6 it is copied to `<path>.v6.bak`.
///
/// What a call has written survives the death of the process at any instant. A power cut may undo
/// the last calls, because the write-ahead log is flushed at checkpoints only (synchronous =
/// NORMAL), but never leaves a call half done or the file damaged. Several processes may have the
/// file open; their writes take turns.
///
/// Throws StoreError, and leaves the file as it was, when the folder is missing, the file cannot
/// be written, is locked beyond the timeout, is damaged, belongs to another program, or was
/// written by a newer trommel.
std::unique_ptr<Store> open_sqlite(const std::filesystem::path& path, SqliteOptions options = {});

/// What a server keeps, in the database of the store whose platform it serves; opened as that one,
/// perhaps at the same time. Of a dataset that this database does not have nothing can be kept, and
/// what is kept goes with the dataset.
std::unique_ptr<ServedStore> open_served_sqlite(const std::filesystem::path& path,
                                                SqliteOptions options = {});

/// The same in a database of its own, for a platform whose datasets are elsewhere: what is kept
/// stays until it is told to forget the dataset.
std::unique_ptr<ServedStore> open_separate_sqlite(const std::filesystem::path& path,
                                                  SqliteOptions options = {});

}  // namespace trommel::store
