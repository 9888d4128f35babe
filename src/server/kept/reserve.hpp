// Reserve: disk space that is held back, so that a full disk can still be emptied by calls.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>

namespace trommel::server {

/// A file `reserve` of some MiB. It is removed when the disk is full: what is deleted then has room
/// for the notes that the database makes of it. Any thread may call it; its calls may block.
class Reserve {
public:
    static constexpr std::uint64_t most = std::uint64_t{16} << 20;

    /// Makes it, where the disk has room for it.
    explicit Reserve(const std::filesystem::path& folder);

    /// Whether the space is free for what deletes.
    bool is_released() const { return is_released_; }
    /// False if it was released before.
    bool release();
    /// Half of the free space at most, so that there is some left to work with; once it was
    /// released, as large as before. False where the disk has too little.
    bool make();

private:
    bool take(std::uint64_t bytes) const;

    std::filesystem::path file_;
    std::mutex mutex_{};          ///< of what happens to the file
    std::uint64_t released_ = 0;  ///< bytes that it had when it was last released
    std::atomic<bool> is_released_ = true;
};

}  // namespace trommel::server
