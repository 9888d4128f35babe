#pragma once

#include "pipeline/engine/cache/stage_cache.hpp"
#include "pipeline/engine/round/attempts.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace trommel {

/// The cache of one stage in one round, under `cache: true` or `cache: record`. The setup outlives
/// it, and the inputs do, all of which are there.
class CachedStage {
public:
    CachedStage(StageSetup& setup, const Inputs& inputs);

    /// What the cache has for these inputs; nothing if the stage has to run. A damaged entry is as
    /// good as none. The observer is told.
    asio::awaitable<std::optional<std::vector<PayloadPtr>>> find();

    /// Keeps what the stage has made, unless what it depends on was changed meanwhile. Throws Error
    /// if that fails: a cache that silently keeps nothing is found out months later.
    asio::awaitable<void> keep(std::vector<PayloadPtr> output);

    /// What was answered about samples, asked with the same options, files and model.
    asio::awaitable<std::shared_ptr<RecordCache>> records();

    /// Tells the observer how many of these there were in the round that ends.
    void tell(const RecordCache& records);

private:
    KeyParts all_parts() const;
    bool is_unchanged() const;
    std::optional<std::vector<PayloadPtr>> look();
    std::shared_ptr<RecordCache> open_records();
    void explain(bool damaged);
    void warn(const std::string& damage) const;

    StageSetup& setup_;
    const Inputs& inputs_;
    StageCache cache_;
    KeyParts parts_;
    CacheUse use_;
    std::string damage_;
};

}  // namespace trommel
