#include "pipeline/definition/load/sections.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

using OnExhausted = RoundsSpec::OnExhausted;

OptionInfo until_info() {
    OptionInfo info = info_of("until", "expression");
    info.help = "Expression that ends the loop after a round. Rules:";
    for (const auto& rule : rule_manual()) info.help += ' ' + rule.signature;
    return info;
}

MapType<RoundsSpec> rounds_type() {
    return MapType<RoundsSpec>("Number of rounds and stop rules.")
        .key("max", &RoundsSpec::max, "Highest number of rounds.", {.required = true, .min = 1})
        .key(until_info(),
             [](const Node& node, const OptionReader& reader, RoundsSpec& rounds) {
                 rounds.until = parse_expression(node, reader.diagnostics);
             })
        .literal()
        .key(cost_info(),
             [](const Node& node, const OptionReader& reader, RoundsSpec& rounds) {
                 rounds.cost = read_cost(node, reader);
             })
        .choice("on_exhausted",
                &RoundsSpec::on_exhausted,
                "Result if 'max' ends the loop before 'until'.",
                {{"ok", OnExhausted::ok}, {"fail", OnExhausted::fail}})
        .literal();
}

}  // namespace

OptionInfo rounds_info() {
    return rounds_type().info().as("rounds", "Number of rounds and stop rules.");
}

RoundsSpec read_rounds(const Node& node, const OptionReader& reader) {
    RoundsSpec rounds;
    rounds_type().read(node, "'rounds'", reader, rounds);
    return rounds;
}

}  // namespace trommel
