#include "pipeline/language/expression_functions.hpp"

#include "pipeline/language/stop_rules.hpp"
#include "trommel/pipeline/language/instant.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

using Value = Expression::Value;
using Parameter = FunctionParameter::Kind;

FunctionResult call_elapsed(std::span<const Value>, const Environment& environment) {
    const auto time = environment.elapsed();
    return {time, std::chrono::duration<double>(time).count(), {}, {}};
}

FunctionResult call_deadline(std::span<const Value> arguments, const Environment& environment) {
    const auto instant = parse_instant(std::get<std::string>(arguments[0]));
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(environment.now());
    return {now >= *instant,
            std::chrono::duration<double>(now.time_since_epoch()).count(),
            std::chrono::duration<double>((*instant).time_since_epoch()).count(),
            fmt::format("it is {}", to_text(std::chrono::floor<std::chrono::seconds>(now)))};
}

std::vector<ExpressionFunction> all_functions() {
    auto rows = stop_rules();
    rows.push_back({"elapsed",
                    {},
                    Expression::Type::duration,
                    call_elapsed,
                    "Time since the start of the run: elapsed() > 2h."});
    rows.push_back({"deadline",
                    {{"instant", Parameter::instant, "Day, time and zone: '2026-12-24T18:00Z'."}},
                    Expression::Type::boolean,
                    call_deadline,
                    "True after the instant; checked at the end of a round."});
    return rows;
}

const std::vector<ExpressionFunction>& table() {
    static const auto rows = all_functions();
    return rows;
}

}  // namespace

std::string ExpressionFunction::signature() const {
    std::string names;
    for (const auto& parameter : parameters)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", parameter.name);
    return fmt::format("{}({})", name, names);
}

std::span<const ExpressionFunction> expression_functions() { return table(); }

const ExpressionFunction* find_expression_function(std::string_view name) {
    const auto found = std::find_if(table().begin(), table().end(), [&](const auto& function) {
        return function.name == name;
    });
    return found == table().end() ? nullptr : &*found;
}

std::vector<RuleInfo> rule_manual() {
    std::vector<RuleInfo> manual;
    for (const auto& function : table()) {
        RuleInfo info{.signature = function.signature(),
                      .help = std::string(function.help),
                      .source = std::string(function.source)};
        for (const auto& parameter : function.parameters)
            info.parameters.emplace_back(parameter.name, parameter.help);
        manual.push_back(std::move(info));
    }
    return manual;
}

}  // namespace trommel
