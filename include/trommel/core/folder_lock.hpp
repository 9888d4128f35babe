// FolderLock: one process at a time works in a folder, be it a run's or a server's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

namespace trommel {

/// Holds an flock on the file `lock` of the folder. The kernel lets go of it when the process
/// dies, however it dies, so there is no lease to renew and none to break.
class FolderLock {
public:
    /// Throws Error, with the id of the process that holds it, if another one does.
    explicit FolderLock(const std::filesystem::path& directory);
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

    /// The process that holds the lock of this folder now.
    static std::optional<pid_t> holder(const std::filesystem::path& directory);

private:
    int descriptor_;
};

}  // namespace trommel
