// The functions that an expression may call.
#pragma once

#include "trommel/pipeline/language/expression.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

struct FunctionParameter {
    /// A metric means all its values, a score for the name of one; a count is a whole number
    /// of at least 1, a share a number above 0 and at most 1, an instant a text such as
    /// '2026-12-24T18:00Z'.
    enum class Kind { metric, score, count, number, share, instant };

    std::string_view name;
    Kind kind;
    std::string_view help;
};

/// What a function found: its value, unless that is undecided, and how it came by it.
struct FunctionResult {
    std::optional<Expression::Value> value{};
    std::optional<double> measured{};
    std::optional<double> threshold{};
    std::string detail{};
};

/// Something that a pipeline must have for a function to mean anything.
struct FunctionNeed {
    std::string_view path;     ///< as PathTypes knows it; empty: nothing is needed
    std::string_view missing;  ///< what to say without it
    std::string_view hint;
};

struct ExpressionFunction {
    std::string_view name;
    std::vector<FunctionParameter> parameters;
    Expression::Type result;
    /// `arguments` as declared; a metric comes as text, `stage.name`, a score and an instant too.
    FunctionResult (*call)(std::span<const Expression::Value> arguments,
                           const Environment& environment);
    std::string_view help;
    std::string_view source = {};
    FunctionNeed need = {};

    /// `plateau(metric, rounds, min_delta)`
    std::string signature() const;
};

/// Why `value`, which has the type of the parameter, is none for it; empty if it is one.
std::string problem_of(const FunctionParameter& parameter, const Expression::Value& value);

/// All functions: those of stop_rules.cpp and those that tell the time. To add one, add a row.
std::span<const ExpressionFunction> expression_functions();

/// The function called `name`, or null.
const ExpressionFunction* find_expression_function(std::string_view name);

}  // namespace trommel
