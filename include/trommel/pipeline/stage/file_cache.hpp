// FileCache: what stages have read from files, kept from round to round.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <typeindex>
#include <utility>

namespace trommel {

/// Keeps what was made of files until they change. May be used from several threads.
class FileCache {
public:
    /// What `read()` makes of the file, or made of it before if it still has the size and the
    /// modification time of then. Of one file each type T is kept once. Blocks; who asks while
    /// another reads waits, so that two stages of a round do not both read the same file.
    template <typename T, typename Read>
    std::shared_ptr<const T> get(const std::filesystem::path& file, Read read) {
        const std::lock_guard lock(mutex_);
        const auto stamp = stamp_of(file);
        Entry& entry = entries_[{file, typeid(T)}];
        if (!stamp || entry.stamp != stamp) {
            entry = {};
            entry.value = std::make_shared<const T>(read());
            entry.stamp = stamp;
        }
        return std::static_pointer_cast<const T>(entry.value);
    }

private:
    /// Size and modification time.
    using Stamp = std::pair<std::uintmax_t, std::filesystem::file_time_type>;

    struct Entry {
        std::optional<Stamp> stamp{};  ///< before it was read
        std::shared_ptr<const void> value{};
    };

    /// None for what is not an ordinary file, such as a pipe, which gives other bytes each time.
    static std::optional<Stamp> stamp_of(const std::filesystem::path& file);

    std::mutex mutex_;
    std::map<std::pair<std::filesystem::path, std::type_index>, Entry> entries_;
};

}  // namespace trommel
