#include "pipeline/engine/journal/outcome_json.hpp"

#include "trommel/platform/wire/record.hpp"

#include <boost/json/array.hpp>

namespace trommel {
namespace {

/// `work(info, value)` for each field that is a number; an ending is none of those.
template <typename Outcome, typename Work>
void for_each_number(Outcome& outcome, const Work& work) {
    for_each_field(outcome_fields, [&](const auto& each) {
        auto& value = each.of(outcome);
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(*value)>>)
            work(each.info, value);
    });
}

}  // namespace

boost::json::object outcome_json(const RoundPicks& picks) {
    boost::json::array stop_reasons;
    for (const auto stop_reason : picks.stop_reasons)
        stop_reasons.push_back(boost::json::string(selection::to_string(stop_reason)));
    boost::json::object json{{"endings", std::move(stop_reasons)}};
    for_each_number(picks.outcome, [&](const FieldInfo& info, const auto& value) {
        if (value) json[info.wire] = *value;
    });
    return json;
}

void read_outcome(const boost::json::object& json, RoundPicks& picks) {
    for (const auto& name : json.at("endings").as_array())
        if (const auto stop_reason = selection::parse_stop_reason(name.as_string()))
            picks.stop_reasons.push_back(*stop_reason);
    for_each_number(picks.outcome, [&](const FieldInfo& info, auto& value) {
        wire::read_member(json, info, value);
    });
}

}  // namespace trommel
