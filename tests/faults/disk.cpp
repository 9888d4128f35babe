#include "faults/disk.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace trommel::faults {
namespace {

std::int64_t size_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_size : 0;
}

/// SQLite makes it anew, and a thread that uses it while it is cut would die of that.
bool is_shared_memory(const std::string& path) { return path.ends_with("-shm"); }

}  // namespace

Disk& Disk::of_this_process() {
    static Disk disk;
    return disk;
}

void Disk::written(const std::string& path) {
    const std::lock_guard lock(mutex_);
    durable_.try_emplace(path, size_of(path));
}

void Disk::synced(const std::string& path) {
    const std::lock_guard lock(mutex_);
    durable_[path] = size_of(path);
}

void Disk::renamed(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    const auto moved = durable_.find(from);
    if (moved == durable_.end()) return;
    durable_[to] = moved->second;
    durable_.erase(moved);
}

void Disk::lose_the_rest() {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, size] : durable_)
        if (size_of(path) > size && !is_shared_memory(path))
            static_cast<void>(syscall(SYS_truncate, path.c_str(), size));
}

}  // namespace trommel::faults
