// The functions that an expression may call.
#pragma once

#include "trommel/pipeline/language/expression.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

struct FunctionParameter {
    /// A metric stands for all its values; a count is a whole number of at least 1.
    enum class Kind { metric, count, number };

    std::string_view name;
    Kind kind;
};

struct ExpressionFunction {
    std::string_view name;
    std::vector<FunctionParameter> parameters;
    Expression::Type result;
    /// `arguments` as declared; a metric comes as text, `stage.name`.
    Expression::Value (*call)(std::span<const Expression::Value> arguments,
                              const Environment& environment);

    /// `plateau(metric, rounds, min_delta)`
    std::string signature() const;
};

/// All functions. To add one, add a row.
std::span<const ExpressionFunction> expression_functions();

/// The function called `name`, or null.
const ExpressionFunction* find_expression_function(std::string_view name);

}  // namespace trommel
