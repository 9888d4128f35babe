#include "trommel/pipeline/stage/file_cache.hpp"

#include <system_error>

namespace trommel {

std::optional<FileCache::Stamp> FileCache::stamp_of(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
    const auto size = std::filesystem::file_size(file, error);
    if (error) return std::nullopt;
    const auto time = std::filesystem::last_write_time(file, error);
    if (error) return std::nullopt;
    return Stamp(size, time);
}

}  // namespace trommel
