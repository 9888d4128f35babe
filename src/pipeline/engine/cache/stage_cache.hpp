#pragma once

#include "pipeline/engine/cache/cache_key.hpp"
#include "trommel/pipeline/stage/record_cache.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace trommel {

/// What stages have made, each under the digest of all that it depends on. Shared by runs, also by
/// those that go on at the same time: an entry appears whole, by one rename, and is never changed
/// but by answers that are added. All of it blocks.
///
/// `v1/<kind>/<key>/` holds `key.json`, the parts of the key, `output`, the payloads after their
/// digest, and `files/`, what these name. `v1/<kind>.records/<key>/` holds answers beside
/// `key.json`. The modification time of an entry says when it was used last.
class StageCache {
public:
    explicit StageCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// What was kept under the parts, about the samples `of`; nothing if there is none. Files that
    /// it names are copied to `files`. Throws DataError, and takes the entry out, if it is damaged.
    std::optional<std::vector<PayloadPtr>> find(const KeyParts& parts,
                                                std::string_view port,
                                                TagSetPtr of,
                                                const std::filesystem::path& files) const;

    /// Keeps an output. Throws Error if it cannot be written.
    void store(const KeyParts& parts,
               std::string_view port,
               const std::vector<PayloadPtr>& output) const;

    /// The answers under the parts.
    RecordCache records(const KeyParts& parts) const;

    /// The parts of what is kept of the kind, the last used first; of very many, the first 1,000.
    std::vector<KeyParts> kept(const std::string& kind, CacheMode mode) const;

private:
    std::filesystem::path shelf(const std::string& kind, CacheMode mode) const;
    std::filesystem::path entry(const KeyParts& parts, CacheMode mode) const;

    std::filesystem::path folder_;
};

/// Of `kept`, the one that differs in the fewest parts; null if there is none.
const KeyParts* nearest(const std::vector<KeyParts>& kept, const KeyParts& parts);

/// An entry, or what a process that died has left of one.
struct CacheEntry {
    std::filesystem::path path{};
    std::filesystem::file_time_type used{};
};

/// All entries in the folder of a cache.
std::vector<CacheEntry> cache_entries(const std::filesystem::path& folder);

/// Takes an entry out so that nobody meets half of it: under another name first, while nobody reads
/// entries.
void take_out(const std::filesystem::path& folder, const std::filesystem::path& entry);

}  // namespace trommel
