#pragma once

#include "trommel/core/folder_lock.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trommel {

/// The directory of one run, owned by this process while the object lives.
///
///     lock           who works here now
///     pipeline.yaml  the pipeline file as it was; resolved.yaml with all options filled in
///     journal.jsonl  what was begun, done and finished; the only file that a resumed run uses,
///                    with the rounds/ that it speaks of
///     events.jsonl   what happened when, for people and tools
///     picks.csv, metrics.csv, report.html, baseline/   what came of it
///     stages/        files of single stages
class RunDirectory {
public:
    /// Makes it. Throws Error if it cannot, if it holds another run, or if another process is in
    /// it.
    static RunDirectory create(std::filesystem::path path);

    /// That of a run which has begun. Throws ConfigError if there is none.
    static RunDirectory open(std::filesystem::path path);

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path journal() const { return path_ / "journal.jsonl"; }

    /// Replaces a file in one step. Throws Error with the reason if it cannot be written.
    void write(const std::string& name, std::string_view content) const;

private:
    RunDirectory(std::filesystem::path path, FolderLock lock)
        : path_(std::move(path)), lock_(std::move(lock)) {}

    std::filesystem::path path_;
    FolderLock lock_;
};

}  // namespace trommel
