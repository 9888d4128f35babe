#pragma once

#include <filesystem>

namespace trommel::cli {

/// A new empty folder where the system keeps what is temporary, removed with all that is in it.
class ScratchFolder {
public:
    /// Throws Error if it cannot be made.
    ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder();

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace trommel::cli
