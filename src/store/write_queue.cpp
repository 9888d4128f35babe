#include "store/write_queue.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <system_error>

namespace trommel::store {

std::shared_ptr<WriteQueue> WriteQueue::of(const std::filesystem::path& file) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<WriteQueue>> queues;
    std::error_code error;
    const auto path = std::filesystem::canonical(file, error);
    const std::lock_guard lock(mutex);
    std::erase_if(queues, [](const auto& entry) { return entry.second.expired(); });
    auto& known = queues[(error ? file : path).string()];
    auto queue = known.lock();
    if (!queue) known = queue = std::make_shared<WriteQueue>();
    return queue;
}

bool WriteQueue::enter(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    const auto own = next_++;
    queue_.push_back(own);
    if (moved_.wait_for(lock, patience, [&] { return queue_.front() == own; })) return true;
    queue_.erase(std::find(queue_.begin(), queue_.end(), own));
    return false;
}

void WriteQueue::leave() {
    {
        const std::lock_guard lock(mutex_);
        queue_.pop_front();
    }
    moved_.notify_all();
}

}  // namespace trommel::store
