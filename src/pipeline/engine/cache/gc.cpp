#include "pipeline/engine/cache/draft.hpp"
#include "pipeline/engine/cache/stage_cache.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/engine/cache/cache.hpp"

#include <algorithm>
#include <cstdlib>

namespace trommel {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// What is not empty.
const char* environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr || *value == 0 ? nullptr : value;
}

std::uint64_t bytes_in(const fs::path& path) {
    std::error_code error;
    std::uint64_t bytes = 0;
    for (const auto& file : fs::recursive_directory_iterator(path, error))
        if (file.is_regular_file(error)) bytes += file.file_size(error);
    return bytes;
}

void add(CacheSize& size, std::uint64_t bytes) {
    ++size.entries;
    size.bytes += bytes;
}

}  // namespace

fs::path cache_folder() {
    if (const char* folder = environment("TROMMEL_CACHE_DIR")) return fs::absolute(folder);
    if (const char* caches = environment("XDG_CACHE_HOME")) return fs::path(caches) / "trommel";
    if (const char* home = environment("HOME")) return fs::path(home) / ".cache" / "trommel";
    throw ConfigError("there is no HOME to keep a cache in; set TROMMEL_CACHE_DIR");
}

CacheCleanup clean_cache(const fs::path& folder, const CacheRule& rule, bool dry) {
    const auto now = fs::file_time_type::clock::now();
    auto entries = cache_entries(folder);
    // A draft is of use as long as its process may live.
    std::erase_if(entries, [&](const CacheEntry& entry) {
        return is_draft(entry.path) && now - entry.used < 24h;
    });
    std::ranges::sort(entries, {}, &CacheEntry::used);
    std::vector<std::uint64_t> sizes;
    CacheCleanup cleanup;
    for (const auto& entry : entries) add(cleanup.before, sizes.emplace_back(bytes_in(entry.path)));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto left = cleanup.before.bytes - cleanup.deleted.bytes;
        const bool old = is_draft(entries[i].path) || now - entries[i].used > rule.older_than;
        if (!old && left <= rule.max_bytes.value_or(left)) continue;
        if (!dry) take_out(folder, entries[i].path);
        add(cleanup.deleted, sizes[i]);
    }
    return cleanup;
}

}  // namespace trommel
