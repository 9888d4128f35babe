#include "trommel/core/text.hpp"
#include "trommel/platform/wire/record.hpp"

namespace trommel::wire {

using boost::json::object;

namespace {

constexpr FieldInfo method_info{.wire = "method"};
constexpr FieldInfo strategy_info{.wire = "strategy"};
constexpr FieldInfo goals_info{.wire = "goals"};
constexpr FieldInfo thresholds_info{.wire = "thresholds"};

std::string setting_of(const boost::json::value& value, std::string_view name) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_number()) return shortest(value.to_number<double>());
    throw DataError(fmt::format("the setting '{}' has to be text or a number", name));
}

void read_settings(const object& json, selection::StrategySettings& settings) {
    const auto* const all = find(json, "settings");
    if (all == nullptr) return;
    if (!all->is_object()) throw DataError("'settings' is not an object");
    for (const auto& [name, value] : all->get_object())
        settings.emplace(name, setting_of(value, name));
}

std::vector<std::string> texts_in(const object& json, const FieldInfo& info) {
    std::vector<std::string> texts;
    read_member(json, info, texts);
    return texts;
}

}  // namespace

void write_value(ObjectText& object, const FieldInfo&, const selection::StrategyChoice& value) {
    if (!value.thresholds.empty())
        object.add(thresholds_info.wire, selection::to_texts(value.thresholds));
    if (!value.goals.empty()) object.add(goals_info.wire, selection::to_texts(value.goals));
    const auto method = method_of(value.name);
    if (method && value.settings.empty()) {
        object.add(method_info.wire, *method);
        return;
    }
    object.add(strategy_info.wire, value.name);
    std::string settings;
    ObjectText all(settings);
    for (const auto& [name, text] : value.settings) all.add(name, text);
    all.end();
    object.add_raw("settings", settings);
}

void read_members(const object& json, selection::StrategyChoice& value) {
    std::optional<SamplingMethod> method;
    std::optional<std::string> strategy;
    read_member(json, method_info, method);
    read_member(json, strategy_info, strategy);
    if (method.has_value() == strategy.has_value())
        throw DataError("give either 'strategy' or 'method'");
    value.goals = selection::parse_goals_of_job(texts_in(json, goals_info));
    value.thresholds = selection::parse_thresholds(texts_in(json, thresholds_info));
    if (strategy) {
        value.name = *strategy;
        read_settings(json, value.settings);
        return;
    }
    value.name = strategy_name(*method);
}

}  // namespace trommel::wire
