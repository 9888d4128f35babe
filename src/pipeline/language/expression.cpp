#include "trommel/pipeline/language/expression.hpp"

#include "pipeline/language/expression_functions.hpp"
#include "pipeline/language/expression_term.hpp"
#include "pipeline/language/expression_text.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/instant.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

void add_calls(const Term& term, std::vector<RuleCall>& calls) {
    if (term.kind == Kind::call) {
        RuleCall call{.rule = term.name};
        for (const auto& operand : term.operands) {
            if (operand.kind == Kind::path) call.names.push_back(operand.name);
            if (const auto* text = std::get_if<std::string>(&operand.value);
                operand.kind == Kind::literal && text != nullptr)
                call.names.push_back(*text);
        }
        calls.push_back(std::move(call));
    }
    for (const auto& operand : term.operands) add_calls(operand, calls);
}

class Evaluator {
public:
    explicit Evaluator(const Environment& environment) : environment_(environment) {}

    Truth truth_of(const Term& term) const {
        const auto value = value_of(term);
        if (!value) return std::nullopt;
        return std::get<bool>(*value);
    }

    /// Adds the conditions that make the term `wanted`, which it is.
    void explain(const Term& term, bool wanted, std::vector<HeldRule>& held) const {
        if (term.kind == Kind::negation) return explain(term.operands[0], !wanted, held);
        if (term.kind != Kind::conjunction && term.kind != Kind::disjunction) {
            held.push_back(held_rule(term, wanted));
            return;
        }
        for (const auto& operand : term.operands)
            if (truth_of(operand) == wanted) explain(operand, wanted, held);
    }

    /// Adds the paths below the term that have no value.
    void find_unknown(const Term& term, std::vector<std::string>& paths) const {
        if (term.kind == Kind::path && !path_value(term.name)) paths.push_back(term.name);
        for (const auto& operand : term.operands) find_unknown(operand, paths);
    }

private:
    HeldRule held_rule(const Term& term, bool wanted) const {
        HeldRule held = term.kind == Kind::call ? held_call(term) : held_comparison(term);
        held.text = (wanted ? "" : "not ") + to_text(term);
        return held;
    }

    HeldRule held_call(const Term& term) const {
        const auto result = call(term);
        return {.rule = term.name,
                .value = result.measured,
                .threshold = result.threshold,
                .detail = result.detail};
    }

    HeldRule held_comparison(const Term& term) const {
        HeldRule held{.rule = "comparison"};
        if (term.kind != Kind::comparison) return held;
        held.value = figure(term.operands[0]);
        held.threshold = figure(term.operands[1]);
        for (const auto& side : term.operands) {
            if (side.kind == Kind::literal) continue;
            if (const auto value = value_of(side))
                held.detail += fmt::format(
                    "{}{} is {}", held.detail.empty() ? "" : ", ", to_text(side), to_text(*value));
        }
        return held;
    }

    /// The term as a number, if it is one or a duration.
    std::optional<double> figure(const Term& term) const {
        const auto value = value_of(term);
        if (!value) return std::nullopt;
        if (const auto* number = std::get_if<double>(&*value)) return *number;
        if (const auto* time = std::get_if<std::chrono::milliseconds>(&*value))
            return std::chrono::duration<double>(*time).count();
        return std::nullopt;
    }

    std::optional<Value> value_of(const Term& term) const {
        switch (term.kind) {
            case Kind::literal:
                return term.value;
            case Kind::path:
                return path_value(term.name);
            case Kind::call:
                return call(term).value;
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

    FunctionResult call(const Term& term) const {
        const auto* function = find_expression_function(term.name);
        assert(function != nullptr && function->parameters.size() == term.operands.size());
        std::vector<Value> arguments;
        for (std::size_t i = 0; i < term.operands.size(); ++i) {
            auto value = argument(term.operands[i], function->parameters[i]);
            if (!value) return {};
            arguments.push_back(*std::move(value));
        }
        return function->call(arguments, environment_);
    }

    std::optional<Value> argument(const Term& term, const FunctionParameter& parameter) const {
        using Parameter = FunctionParameter::Kind;
        if (parameter.kind == Parameter::metric) return term.name.substr(metrics_prefix);
        if (parameter.kind == Parameter::score && term.kind == Kind::path) return term.name;
        auto value = value_of(term);
        if (!value) return value;
        if (const auto problem = problem_of(parameter, *value); !problem.empty())
            throw ConfigError(
                fmt::format("line {}, column {}: {}", term.place.line, term.place.column, problem));
        return value;
    }

    const Environment& environment_;
};

}  // namespace

std::optional<Value> value_of(const Node& scalar) {
    const Scalar value = scalar_of(scalar);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return std::nullopt;
}

std::string problem_of(const FunctionParameter& parameter, const Value& value) {
    using Parameter = FunctionParameter::Kind;
    if (parameter.kind == Parameter::instant)
        return parse_instant(std::get<std::string>(value)).problem();
    if (parameter.kind != Parameter::count && parameter.kind != Parameter::share) return {};
    constexpr double most = 4294967295.0;
    const double number = std::get<double>(value);
    const bool is_count = number >= 1 && number <= most && std::floor(number) == number;
    const bool is_share = number > 0 && number <= 1;
    if (parameter.kind == Parameter::count && !is_count)
        return fmt::format(
            "'{}' is a whole number of at least 1, not {}", parameter.name, shortest(number));
    if (parameter.kind == Parameter::share && !is_share)
        return fmt::format(
            "'{}' is above 0 and at most 1 or 100%, not {}", parameter.name, shortest(number));
    return {};
}

bool evaluate(const Expression& expression, const Environment& environment) {
    return Evaluator(environment).truth_of(expression.root()).value_or(false);
}

std::vector<HeldRule> held_rules(const Expression& expression, const Environment& environment) {
    std::vector<HeldRule> held;
    const Evaluator evaluator(environment);
    if (evaluator.truth_of(expression.root()) == true)
        evaluator.explain(expression.root(), true, held);
    return held;
}

std::string why_not(const Expression& expression, const Environment& environment) {
    const Evaluator evaluator(environment);
    const Truth truth = evaluator.truth_of(expression.root());
    std::vector<std::string> reasons;
    if (!truth) {
        evaluator.find_unknown(expression.root(), reasons);
        for (auto& path : reasons) path += " has no value";
        if (reasons.empty()) reasons.emplace_back("it is undecided");
    } else if (!*truth) {
        std::vector<HeldRule> held;
        evaluator.explain(expression.root(), false, held);
        for (const auto& rule : held)
            reasons.push_back(rule.detail.empty() ? rule.text : rule.detail);
    }
    return fmt::format("{}", fmt::join(reasons, "; "));
}

std::vector<RuleCall> calls_in(const Expression& expression) {
    std::vector<RuleCall> calls;
    add_calls(expression.root(), calls);
    return calls;
}

}  // namespace trommel
