// WriteQueue: those of this process who want to write to one file, first come, first served.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>

namespace trommel::store {

class WriteQueue {
public:
    /// The one of this file, for all who have it open.
    static std::shared_ptr<WriteQueue> of(const std::filesystem::path& file);

    /// Waits for the turn; false, without one, when that takes longer than `patience`.
    bool enter(std::chrono::milliseconds patience);
    void leave();

private:
    std::mutex mutex_;
    std::condition_variable moved_;
    std::deque<std::uint64_t> queue_;  ///< the first has the turn
    std::uint64_t next_ = 0;
};

}  // namespace trommel::store
