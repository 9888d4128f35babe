// A stage whose output may be in the cache: reads it from there, or runs it and keeps the output.
#include "pipeline/engine/round/cached_stage.hpp"

#include "pipeline/engine/cache/payload_digest.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/engine/cache/cache.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

/// What the stage's output is about: the samples of its tag, else those of what it reads otherwise.
TagSetPtr samples_of_inputs(const std::vector<Inputs::Stream>& streams) {
    TagSetPtr of;
    for (const auto& stream : streams)
        for (const auto& payload : stream.kept)
            if (!of || stream.port == TagSet::port) of = samples_of(stream.port, payload);
    return of;
}

}  // namespace

CachedStage::CachedStage(StageSetup& setup, const Inputs& inputs)
    : setup_(setup), inputs_(inputs), cache_(cache_folder()) {
    use_.stage = setup.spec.name;
}

asio::awaitable<std::optional<std::vector<PayloadPtr>>> CachedStage::find() {
    const auto work = [this] { return look(); };
    auto found = co_await on_io(setup_.context.io, work);
    if (!damage_.empty()) warn(damage_);
    setup_.observer.stage_used_cache(use_);
    co_return found;
}

asio::awaitable<void> CachedStage::keep(std::vector<PayloadPtr> output) {
    const auto store = [this](const std::vector<PayloadPtr>& made) {
        if (is_unchanged()) cache_.store(parts_, setup_.spec.type->output, made);
    };
    co_await on_io(setup_.context.io, store, std::move(output));
}

asio::awaitable<std::shared_ptr<RecordCache>> CachedStage::records() {
    const auto work = [this] { return open_records(); };
    auto records = co_await on_io(setup_.context.io, work);
    for (const auto& file : records->damaged()) warn(file.string() + ": it is damaged");
    co_return records;
}

void CachedStage::tell(const RecordCache& records) {
    use_.known = records.known();
    use_.asked = records.asked();
    setup_.observer.stage_used_cache(use_);
}

KeyParts CachedStage::all_parts() const {
    const CacheMode mode = setup_.spec.policies.cache;
    KeyParts parts = setup_.known_parts();
    if (setup_.spec.type->cache.knows_round && mode == CacheMode::whole)
        parts["round"] = std::to_string(setup_.context.round);
    parts.merge(input_parts(inputs_.streams(), mode));
    return parts;
}

/// Files may have been changed while the stage ran; nobody knows which of both it has read.
bool CachedStage::is_unchanged() const {
    KeyParts before = parts_;
    std::erase_if(before, [](const auto& part) { return is_of_round(part.first); });
    return before == setup_.known_parts();
}

std::optional<std::vector<PayloadPtr>> CachedStage::look() {
    parts_ = all_parts();
    std::optional<std::vector<PayloadPtr>> found;
    try {
        const auto round = fmt::format("round-{}", setup_.context.round);
        const auto files = std::filesystem::absolute(setup_.context.directory / round / "model");
        const auto of = samples_of_inputs(inputs_.streams());
        found = cache_.find(parts_, setup_.spec.type->output, of, files);
    } catch (const DataError& damage) {
        damage_ = damage.what();
    }
    use_.hit = found.has_value();
    if (!found) explain(!damage_.empty());
    return found;
}

std::shared_ptr<RecordCache> CachedStage::open_records() {
    parts_ = all_parts();
    auto records = std::make_shared<RecordCache>(cache_.records(parts_));
    if (records->empty()) explain(!records->damaged().empty());
    return records;
}

void CachedStage::explain(bool damaged) {
    if (damaged) {
        use_.why = {"what was kept of it is damaged"};
        return;
    }
    const auto kept = cache_.kept(setup_.spec.type->name, setup_.spec.policies.cache);
    if (const KeyParts* before = nearest(kept, parts_)) use_.why = differences(*before, parts_);
}

void CachedStage::warn(const std::string& damage) const {
    setup_.observer.warned({setup_.context.round,
                            "damaged-cache",
                            fmt::format("stage '{}': {}", setup_.spec.name, damage),
                            "it was taken out of the cache and is made again"});
}

}  // namespace trommel
