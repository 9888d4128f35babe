#pragma once

#include <filesystem>

namespace trommel {

/// Whoever reads entries of a cache shares it; whoever takes one out has it alone for that moment,
/// so that nobody meets half of an entry. Held by an flock, which the kernel lets go of when the
/// process dies.
class CacheLock {
public:
    enum class Mode { shared, alone };

    /// Waits for it; blocks. Makes the folder if it is not there. Throws Error if that fails.
    CacheLock(const std::filesystem::path& folder, Mode mode);
    CacheLock(const CacheLock&) = delete;
    CacheLock& operator=(const CacheLock&) = delete;
    ~CacheLock();

private:
    int descriptor_;
};

}  // namespace trommel
