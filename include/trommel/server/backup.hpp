// Backups of what `trommel serve` keeps: its database, files, runs and schedules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace trommel::server {

struct BackupSize {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
};

/// Copies the data folder to `target`, which is made, while servers and runs work in it. Each
/// database is copied as it is at one moment. Files of a run are copied before its database, so
/// that the copy never speaks of a round that its database does not have. Uploaded files are linked
/// where both folders are on one disk. `manifest.json` has the SHA-256 of every file; it is written
/// last: a folder without it is not a backup.
///
/// Throws Error if the target is not empty, lies within the data folder, or cannot be written.
BackupSize backup_data(const std::filesystem::path& data, const std::filesystem::path& target);

/// Puts a backup back as the data folder, which must be empty or not there. Every file is compared
/// with the manifest first. The folder appears whole or not at all.
///
/// Throws DataError that names the file where the backup is damaged, Error where the folder is in
/// the way or cannot be written.
BackupSize restore_data(const std::filesystem::path& backup, const std::filesystem::path& data);

}  // namespace trommel::server
