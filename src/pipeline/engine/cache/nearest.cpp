#include "pipeline/engine/cache/cache_lock.hpp"
#include "pipeline/engine/cache/draft.hpp"
#include "pipeline/engine/cache/stage_cache.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>

namespace trommel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_kept = 1000;

/// Those of one shelf.
std::vector<CacheEntry> entries_on(const fs::path& shelf) {
    std::vector<CacheEntry> entries;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(shelf, error)) {
        const auto used = entry.last_write_time(error);
        if (!error) entries.push_back({entry.path(), used});
    }
    return entries;
}

/// Nothing where it is damaged: it serves explanations alone.
std::optional<KeyParts> parts_of(const fs::path& entry) {
    try {
        return parse_parts(read_file(entry / "key.json"));
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

std::vector<CacheEntry> cache_entries(const fs::path& folder) {
    std::vector<CacheEntry> entries;
    std::error_code error;
    for (const auto& shelf : fs::directory_iterator(folder / "v1", error)) {
        const auto on_it = entries_on(shelf.path());
        entries.insert(entries.end(), on_it.begin(), on_it.end());
    }
    return entries;
}

std::vector<KeyParts> StageCache::kept(const std::string& kind, CacheMode mode) const {
    const CacheLock lock(folder_, CacheLock::Mode::shared);
    auto entries = entries_on(shelf(kind, mode));
    std::ranges::sort(entries, std::greater<>(), &CacheEntry::used);
    if (entries.size() > most_kept) entries.resize(most_kept);
    std::vector<KeyParts> kept;
    for (const auto& entry : entries)
        if (auto parts = is_draft(entry.path) ? std::nullopt : parts_of(entry.path))
            kept.push_back(*std::move(parts));
    return kept;
}

const KeyParts* nearest(const std::vector<KeyParts>& kept, const KeyParts& parts) {
    const auto distance = [&](const KeyParts& other) { return differences(other, parts).size(); };
    const auto found = std::ranges::min_element(kept, {}, distance);
    return found == kept.end() ? nullptr : &*found;
}

void take_out(const fs::path& folder, const fs::path& entry) {
    const Draft gone(entry.parent_path());
    const CacheLock lock(folder, CacheLock::Mode::alone);
    std::error_code error;
    fs::rename(entry, gone.path() / "entry", error);
    if (error && fs::exists(entry))
        throw Error(entry.string() + ": cannot take it out of the cache: " + error.message());
}

}  // namespace trommel
