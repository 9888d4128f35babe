#include "pipeline/load/sections.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

using TypedPaths = std::vector<std::pair<std::string, Expression::Type>>;

Expression::Type type_of(const Node& value) {
    const Scalar scalar = scalar_of(value);
    if (std::holds_alternative<bool>(scalar)) return Expression::Type::boolean;
    if (std::holds_alternative<std::string>(scalar)) return Expression::Type::text;
    return Expression::Type::number;
}

/// What `until` and `when` may speak of.
TypedPaths paths_of(const Pipeline& pipeline) {
    TypedPaths paths;
    for (const auto& [name, value] : pipeline.params)
        paths.emplace_back("params." + name, type_of(value));
    for (const auto& state : pipeline.state)
        paths.emplace_back(fmt::format("state.{}.count", state.name), Expression::Type::number);
    for (const auto& stage : pipeline.stages)
        for (const auto& metric : stage.metrics)
            paths.emplace_back(fmt::format("metrics.{}.{}", stage.name, metric),
                               Expression::Type::number);
    return paths;
}

}  // namespace

void check_expressions(const Pipeline& pipeline, Diagnostics& diagnostics) {
    const auto types = [paths = paths_of(pipeline)](std::string_view path) {
        PathType found;
        for (const auto& [known, type] : paths) {
            if (known == path) found.type = type;
            found.known.push_back(known);
        }
        return found;
    };
    if (pipeline.rounds.until) check(*pipeline.rounds.until, types, diagnostics);
    for (const auto& stage : pipeline.stages)
        if (stage.when) check(*stage.when, types, diagnostics);
}

}  // namespace trommel
