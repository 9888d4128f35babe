// Disk: how much of each file would survive a power failure.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace trommel::faults {

/// Knows files that grow, as logs and drafts do: of each, what was there when this process first
/// wrote to it and what it has synced since. Bytes that were written over others stay written.
class Disk {
public:
    static Disk& of_this_process();

    /// Before bytes are written to the file.
    void written(const std::string& path);
    void synced(const std::string& path);
    void renamed(const std::string& from, const std::string& to);
    /// Cuts off what no sync has covered.
    void lose_the_rest();

private:
    std::mutex mutex_;
    std::map<std::string, std::int64_t> durable_;  ///< bytes from the front, by path
};

}  // namespace trommel::faults
