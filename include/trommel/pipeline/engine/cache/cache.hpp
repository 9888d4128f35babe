// The cache of what stages have made, as the command line sees it.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// `$TROMMEL_CACHE_DIR`, else `$XDG_CACHE_HOME/trommel`, else `~/.cache/trommel`. Throws
/// ConfigError if there is none of them.
std::filesystem::path cache_folder();

struct CacheSize {
    std::size_t entries = 0;
    std::uint64_t bytes = 0;
};

/// What is no longer of use.
struct CacheRule {
    std::chrono::milliseconds older_than{0};   ///< what nothing has used for so long
    std::optional<std::uint64_t> max_bytes{};  ///< of the rest, what was used last may stay
};

struct CacheCleanup {
    CacheSize before{};
    CacheSize deleted{};
};

/// Deletes from the cache what is no longer of use; with `dry`, only says what that is. Runs that
/// go on meanwhile are not disturbed: at worst they make once more what was deleted.
CacheCleanup clean_cache(const std::filesystem::path& folder, const CacheRule& rule, bool dry);

/// How a stage met its cache in a round.
struct RoundCacheUse {
    std::string loop{};       ///< the run's id, or that of its baseline
    std::uint32_t round = 0;  ///< 0: the closing pass
    CacheUse use{};
};

/// Answers to "why did this run again".
struct CacheExplanation {
    std::vector<RoundCacheUse> uses{};  ///< in the run, oldest first
    bool known = false;                 ///< whether anything of the kind is in the cache
    /// How the stage as the file has it now differs from what is most like it in the cache, but for
    /// what only a round knows: its inputs, and for programs the round's number.
    std::vector<std::string> now{};
};

/// About the stage of this pipeline, and its rounds in the run of the directory, if one is given.
/// Throws ConfigError if there is no such stage or it has no cache.
CacheExplanation explain_cache(const Pipeline& pipeline,
                               const std::string& stage,
                               const std::optional<std::filesystem::path>& run);

}  // namespace trommel
