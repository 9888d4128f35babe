#include "pipeline/definition/reader/scopes.hpp"
#include "pipeline/engine/cache/stage_cache.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/engine/cache/cache.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <fstream>

namespace trommel {
namespace {

namespace json = boost::json;

/// Reads the events of a run in their order.
class EventReader {
public:
    explicit EventReader(std::string stage) : stage_(std::move(stage)) {}

    void read(const json::object& event) {
        const auto& what = event.at("event").as_string();
        if (what == "loop_started") now_.loop = event.at("part").as_string();
        if (what == "round_started") now_.round = event.at("round").to_number<std::uint32_t>();
        if (what == "stage_used_cache" && event.at("stage").as_string() == stage_) add(event);
    }

    std::vector<RoundCacheUse> take() { return std::move(uses_); }

private:
    void add(const json::object& event) {
        now_.use = {.stage = stage_,
                    .hit = event.at("hit").as_bool(),
                    .known = event.at("known").to_number<std::size_t>(),
                    .asked = event.at("asked").to_number<std::size_t>(),
                    .why = {}};
        for (const auto& why : event.at("why").as_array())
            now_.use.why.emplace_back(why.as_string());
        uses_.push_back(now_);
    }

    std::string stage_;
    RoundCacheUse now_;
    std::vector<RoundCacheUse> uses_;
};

/// A line that a crash has cut off is none.
std::vector<RoundCacheUse> uses_in(const std::filesystem::path& run, const std::string& stage) {
    EventReader events(stage);
    std::ifstream file(run / "events.jsonl");
    for (std::string line; std::getline(file, line);) {
        json::error_code error;
        const json::value event = json::parse(line, error);
        if (!error && event.is_object()) events.read(event.as_object());
    }
    return events.take();
}

const StageSpec& cached_stage(const Pipeline& pipeline, const std::string& stage) {
    const StageSpec* spec = pipeline.find_stage(stage);
    if (spec == nullptr)
        throw ConfigError(fmt::format("{} has no stage '{}'", pipeline.source.name, stage));
    if (spec->policies.cache == CacheMode::off)
        throw ConfigError(
            fmt::format("{}:{}: stage '{}' has no cache, so it runs in every round; "
                        "a stage with 'cache: true' does not",
                        pipeline.source.name,
                        spec->place.line,
                        stage));
    return *spec;
}

/// Parts that a round alone knows, as inputs, or changes, as an option with `${run.id}`.
void drop_parts_of_rounds(KeyParts& parts, const KeyParts& deferred) {
    std::erase_if(parts, [&](const auto& part) {
        const auto now = deferred.find(part.first);
        return is_of_round(part.first) ||
               (now != deferred.end() && now->second.find("${") != std::string::npos);
    });
}

}  // namespace

CacheExplanation explain_cache(const Pipeline& pipeline,
                               const std::string& stage,
                               const std::optional<std::filesystem::path>& run) {
    const StageSpec& spec = cached_stage(pipeline, stage);
    CacheExplanation explanation;
    if (run) explanation.uses = uses_in(*run, stage);
    auto kept = StageCache(cache_folder()).kept(spec.type->name, spec.policies.cache);
    FileCache files;
    const auto scope = deferred_scope_of(pipeline.params, pipeline.state, pipeline.secrets);
    const KeyParts deferred = known_parts(pipeline, spec, scope, files);
    KeyParts now = deferred;
    drop_parts_of_rounds(now, deferred);
    for (auto& parts : kept) drop_parts_of_rounds(parts, deferred);
    const KeyParts* before = nearest(kept, now);
    explanation.known = before != nullptr;
    if (before != nullptr) explanation.now = differences(*before, now);
    return explanation;
}

}  // namespace trommel
