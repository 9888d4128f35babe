#include "pipeline/language/expression_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel {
namespace {

using Value = Expression::Value;
using Kind = FunctionParameter::Kind;

double best_of(std::span<const double> values) {
    double best = -std::numeric_limits<double>::infinity();
    for (const double value : values) best = std::fmax(best, value);
    return best;
}

Value call_plateau(std::span<const Value> arguments, const Environment& environment) {
    const auto rounds = static_cast<std::size_t>(std::get<double>(arguments[1]));
    return plateau(environment.history(std::get<std::string>(arguments[0])),
                   rounds,
                   std::get<double>(arguments[2]));
}

Value call_elapsed(std::span<const Value>, const Environment& environment) {
    return environment.elapsed();
}

const std::vector<ExpressionFunction>& table() {
    static const std::vector<ExpressionFunction> rows{
        {"plateau",
         {{"metric", Kind::metric}, {"rounds", Kind::count}, {"min_delta", Kind::number}},
         Expression::Type::boolean,
         call_plateau},
        {"elapsed", {}, Expression::Type::duration, call_elapsed},
    };
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

bool plateau(const std::vector<double>& values, std::size_t rounds, double min_delta) {
    std::vector<double> real;
    for (const double value : values)
        if (!std::isnan(value)) real.push_back(value);
    if (real.size() <= rounds) return false;
    const auto all = std::span<const double>(real);
    return best_of(all.last(rounds)) - best_of(all.first(all.size() - rounds)) < min_delta;
}

}  // namespace trommel
