#include "trommel/pipeline/engine/history/stop_facts.hpp"

#include "trommel/core/error.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace trommel {
namespace {

namespace json = boost::json;

template <typename T>
void get(const json::object& object, const char* key, T& value) {
    value = json::value_to<T>(object.at(key));
}

/// Runs of older versions lack some.
void get_mask(const json::object& object, const char* key, BitMask& mask) {
    if (const auto* hex = object.if_contains(key))
        mask = BitMask::from_hex(json::value_to<std::string>(*hex));
}

StopFacts read(const json::object& object) {
    StopFacts facts;
    facts.begun += std::chrono::milliseconds(object.at("begun_ms").to_number<std::int64_t>());
    get(object, "pool", facts.pool);
    get(object, "labeled", facts.labeled);
    get(object, "last_growth", facts.last_growth);
    facts.human = BitMask::from_hex(json::value_to<std::string>(object.at("human")));
    get_mask(object, "kept", facts.kept);
    if (const auto* answered = object.if_contains("answered"))
        for (const auto& [stage, hex] : answered->as_object())
            facts.answered[stage] = BitMask::from_hex(json::value_to<std::string>(hex));
    get_mask(object, "unanswered", facts.unanswered);
    get_mask(object, "owed", facts.owed);
    get(object, "spent", facts.spent);
    get(object, "last_cost", facts.last_cost);
    get(object, "stage_runs", facts.stage_runs);
    get(object, "mean_scores", facts.mean_scores);
    get(object, "overlaps", facts.overlaps);
    get(object, "next", facts.next);
    get(object, "stop_set", facts.stop_set);
    get(object, "predicted", facts.predicted);
    get(object, "classes", facts.classes);
    get(object, "kappas", facts.kappas);
    get(object, "warned", facts.warned);
    return facts;
}

}  // namespace

json::value to_json(const StopFacts& facts) {
    json::object answered;
    for (const auto& [stage, mask] : facts.answered) answered[stage] = mask.to_hex();
    return {{"begun_ms", facts.begun.time_since_epoch().count()},
            {"pool", facts.pool},
            {"labeled", facts.labeled},
            {"last_growth", facts.last_growth},
            {"human", facts.human.to_hex()},
            {"kept", facts.kept.to_hex()},
            {"answered", std::move(answered)},
            {"unanswered", facts.unanswered.to_hex()},
            {"owed", facts.owed.to_hex()},
            {"spent", facts.spent},
            {"last_cost", facts.last_cost},
            {"stage_runs", json::value_from(facts.stage_runs)},
            {"mean_scores", json::value_from(facts.mean_scores)},
            {"overlaps", json::value_from(facts.overlaps)},
            {"next", json::value_from(facts.next)},
            {"stop_set", json::value_from(facts.stop_set)},
            {"predicted", json::value_from(facts.predicted)},
            {"classes", facts.classes},
            {"kappas", json::value_from(facts.kappas)},
            {"warned", json::value_from(facts.warned)}};
}

StopFacts stop_facts_from(const json::value& value) {
    try {
        return read(value.as_object());
    } catch (const std::exception& error) {
        throw DataError(fmt::format("these are not facts of a run: {}", error.what()));
    }
}

}  // namespace trommel
