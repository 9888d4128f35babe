#include "pipeline/journal/outcome_json.hpp"

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
    boost::json::array endings;
    for (const auto ending : picks.endings)
        endings.push_back(boost::json::string(selection::to_string(ending)));
    boost::json::object json{{"endings", std::move(endings)}};
    for_each_number(picks.outcome, [&](const FieldInfo& info, const auto& value) {
        if (value) json[info.wire] = *value;
    });
    return json;
}

void read_outcome(const boost::json::object& json, RoundPicks& picks) {
    for (const auto& name : json.at("endings").as_array())
        if (const auto ending = selection::parse_ending(name.as_string()))
            picks.endings.push_back(*ending);
    for_each_number(picks.outcome, [&](const FieldInfo& info, auto& value) {
        wire::read_member(json, info, value);
    });
}

}  // namespace trommel
