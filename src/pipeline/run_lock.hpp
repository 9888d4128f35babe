// RunLock: one process at a time works in a run's directory.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

namespace trommel {

/// Holds an flock on the file `lock` of the directory. The kernel lets go of it when the process
/// dies, however it dies, so there is no lease to renew and none to break.
class RunLock {
public:
    /// Throws Error, with the id of the process that holds it, if another one does.
    explicit RunLock(const std::filesystem::path& directory);
    RunLock(RunLock&& other) noexcept;
    RunLock& operator=(RunLock&&) = delete;
    ~RunLock();

    /// The process that holds the lock of this directory now.
    static std::optional<pid_t> holder(const std::filesystem::path& directory);

private:
    int descriptor_;
};

}  // namespace trommel
