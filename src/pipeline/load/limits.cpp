#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

constexpr double longest_refill = 365.0 * 24 * 3600;  // seconds; beyond it clocks overflow

double read_rate(const Node& node, const LoadContext& load) {
    const auto rate = parse_rate(node.text());
    if (rate) return *rate;
    load.diagnostics().error(node.place(), "wrong-type", fmt::format("'rate': {}", rate.problem()));
    return 1;
}

Limit read_limit(const std::string& name, const Node& node, const LoadContext& load) {
    Limit limit;
    Section section(node, fmt::format("limit '{}'", name), load.diagnostics());
    const Node* rate = section.find("rate");
    const Node* burst = section.find("burst");
    const Node* parallel = section.find("parallel");
    section.refuse_others();
    if (rate != nullptr) limit.rate = read_rate(*rate, load);
    if (burst != nullptr) load.reader.read(*burst, info_of("burst", "integer", 1), limit.burst);
    if (parallel != nullptr)
        load.reader.read(*parallel, info_of("parallel", "integer", 1), limit.parallel.emplace(1));
    if (node.is_map() && rate == nullptr && parallel == nullptr)
        load.diagnostics().error(node.place(),
                                 "missing-key",
                                 fmt::format("limit '{}' bounds nothing", name),
                                 "give it a 'rate' such as 5/s, or a number in 'parallel'");
    if (limit.rate && static_cast<double>(limit.burst) / *limit.rate > longest_refill)
        load.diagnostics().error(
            node.place(),
            "bad-policy",
            fmt::format("at its rate, a burst of {} takes more than a year to come back",
                        limit.burst));
    if (burst != nullptr && rate == nullptr)
        load.diagnostics().error(
            burst->place(), "bad-policy", "'burst' means nothing without a 'rate'");
    return limit;
}

}  // namespace

std::map<std::string, Limit> read_limits(const Node& node, const LoadContext& load) {
    std::map<std::string, Limit> limits;
    const Node resolved = load.resolved(node);
    if (!resolved.is_map())
        load.diagnostics().error(node.place(), "wrong-type", "'limits' must be a map");
    for (const auto& [name, place, value] : resolved.entries())
        limits.emplace(name, read_limit(name, value, load));
    return limits;
}

}  // namespace trommel
