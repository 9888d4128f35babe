#include "trommel/pipeline/language/expression.hpp"

#include "pipeline/language/expression_functions.hpp"
#include "pipeline/language/expression_term.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cmath>
#include <functional>

namespace trommel {
namespace {

using Term = Expression::Term;
using Value = Expression::Value;
using Kind = Term::Kind;

/// Nothing: undecided, because a value is not there yet.
using Truth = std::optional<bool>;

constexpr std::size_t metrics_prefix = std::string_view("metrics.").size();

/// Both sides have one type, as check() made sure.
template <typename T>
bool compare(std::string_view sign, const T& left, const T& right) {
    if (sign == "==") return left == right;
    if (sign == "!=") return left != right;
    if (sign == "<") return left < right;
    if (sign == "<=") return left <= right;
    if (sign == ">") return left > right;
    return left >= right;
}

class Evaluator {
public:
    explicit Evaluator(const Environment& environment) : environment_(environment) {}

    Truth truth_of(const Term& term) const {
        const auto value = value_of(term);
        if (!value) return std::nullopt;
        return std::get<bool>(*value);
    }

private:
    std::optional<Value> value_of(const Term& term) const {
        switch (term.kind) {
            case Kind::literal:
                return term.value;
            case Kind::path:
                return path_value(term.name);
            case Kind::call:
                return call(term);
            case Kind::comparison:
                return compared(term);
            case Kind::minus:
                return negative(term);
            case Kind::negation:
                return opposite(term);
            case Kind::conjunction:
                return decided(term, false);
            case Kind::disjunction:
                break;
        }
        return decided(term, true);
    }

    std::optional<Value> path_value(const std::string& path) const {
        if (path == "round") return static_cast<double>(environment_.round());
        return environment_.value(path);
    }

    std::optional<Value> compared(const Term& term) const {
        const auto left = value_of(term.operands[0]);
        const auto right = value_of(term.operands[1]);
        if (!left || !right) return std::nullopt;
        return std::visit(
            [&](const auto& value) {
                using T = std::decay_t<decltype(value)>;
                return compare(term.name, value, std::get<T>(*right));
            },
            *left);
    }

    std::optional<Value> negative(const Term& term) const {
        const auto value = value_of(term.operands[0]);
        if (!value) return std::nullopt;
        return -std::get<double>(*value);
    }

    std::optional<Value> opposite(const Term& term) const {
        const auto truth = truth_of(term.operands[0]);
        if (!truth) return std::nullopt;
        return !*truth;
    }

    /// `and` is decided by one false operand, `or` by one true one, whatever the others are.
    std::optional<Value> decided(const Term& term, bool by) const {
        bool is_open = false;
        for (const auto& operand : term.operands) {
            const auto truth = truth_of(operand);
            if (truth == by) return by;
            is_open |= !truth;
        }
        if (is_open) return std::nullopt;
        return !by;
    }

    std::optional<Value> call(const Term& term) const {
        const auto* function = find_expression_function(term.name);
        assert(function != nullptr && function->parameters.size() == term.operands.size());
        std::vector<Value> arguments;
        for (std::size_t i = 0; i < term.operands.size(); ++i) {
            auto value = argument(term.operands[i], function->parameters[i]);
            if (!value) return std::nullopt;
            arguments.push_back(*std::move(value));
        }
        return function->call(arguments, environment_);
    }

    std::optional<Value> argument(const Term& term, const FunctionParameter& parameter) const {
        if (parameter.kind == FunctionParameter::Kind::metric)
            return term.name.substr(metrics_prefix);
        auto value = value_of(term);
        if (!value || parameter.kind == FunctionParameter::Kind::number) return value;
        constexpr double most = 4294967295.0;
        const double count = std::get<double>(*value);
        if (!(count >= 1) || count > most || std::floor(count) != count)
            throw ConfigError(
                fmt::format("line {}, column {}: '{}' is a whole number of at least 1, not {}",
                            term.place.line,
                            term.place.column,
                            parameter.name,
                            shortest(count)));
        return value;
    }

    const Environment& environment_;
};

}  // namespace

bool evaluate(const Expression& expression, const Environment& environment) {
    return Evaluator(environment).truth_of(expression.root()).value_or(false);
}

}  // namespace trommel
