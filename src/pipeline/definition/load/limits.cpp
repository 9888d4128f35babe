#include "pipeline/definition/load/sections.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

constexpr double longest_refill = 365.0 * 24 * 3600;  // seconds; beyond it clocks overflow

void read_rate(const Node& node, const OptionReader& reader, Limit& limit) {
    const auto rate = parse_rate(node.text());
    if (!rate)
        reader.diagnostics.error(
            node.place(), "wrong-type", fmt::format("'rate': {}", rate.problem()));
    limit.rate = rate ? *rate : 1;
}

void check_refill(const Section& section, const OptionReader& reader, Limit& limit) {
    if (limit.rate && static_cast<double>(limit.burst) / *limit.rate > longest_refill)
        reader.diagnostics.error(
            section.node().place(),
            "bad-policy",
            fmt::format("at its rate, a burst of {} takes more than a year to come back",
                        limit.burst));
}

MapType<Limit> limit_type() {
    return MapType<Limit>("What stages that share it may do together.")
        .key(info_of("rate", "rate").as("rate", "Highest rate of starts: 5/s, 300/m, 1000/h."),
             read_rate)
        .key("burst", &Limit::burst, "Starts allowed at once after a pause.", {.min = 1})
        .needs("rate", {.code = "bad-policy", .message = "'burst' means nothing without a 'rate'"})
        .key("parallel", &Limit::parallel, "Highest number of tasks at a time.", {.min = 1})
        .some_of({"rate", "parallel"},
                 {.code = "missing-key",
                  .message = "{} bounds nothing",
                  .hint = "give it a 'rate' such as 5/s, or a number in 'parallel'"})
        .check(check_refill);
}

}  // namespace

OptionInfo limits_info() {
    return many_of("named", limit_type().info())
        .as("limits", "Limits that stages share by the policy 'limit'.");
}

std::map<std::string, Limit> read_limits(const Node& node, const OptionReader& reader) {
    std::map<std::string, Limit> limits;
    const Node resolved = reader.resolved(node);
    if (!resolved.is_map())
        reader.diagnostics.error(node.place(), "wrong-type", "'limits' must be a map");
    const auto type = limit_type();
    for (const auto& [name, place, value] : resolved.entries())
        type.read(value, fmt::format("limit '{}'", name), reader, limits[name]);
    return limits;
}

}  // namespace trommel
