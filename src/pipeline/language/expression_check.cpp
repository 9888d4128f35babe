#include "pipeline/language/expression_functions.hpp"
#include "pipeline/language/expression_term.hpp"
#include "trommel/pipeline/language/expression.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <string_view>

namespace trommel {
namespace {

using Term = Expression::Term;
using Type = Expression::Type;
using Kind = Term::Kind;

std::string_view name_of(Type type) {
    switch (type) {
        case Type::number:
            return "a number";
        case Type::boolean:
            return "true or false";
        case Type::duration:
            return "a duration";
        case Type::text:
            break;
    }
    return "a text";
}

Type type_of(const Expression::Value& value) {
    constexpr std::array types{Type::number, Type::boolean, Type::duration, Type::text};
    return types.at(value.index());
}

std::string describe_unknown(const std::string& path) {
    constexpr std::string_view metrics = "metrics.";
    constexpr std::string_view params = "params.";
    constexpr std::string_view state = "state.";
    if (path.starts_with(metrics))
        return fmt::format("no stage declares the metric '{}'", path.substr(metrics.size()));
    if (path.starts_with(params))
        return fmt::format("'{}' is not among the params", path.substr(params.size()));
    if (path.starts_with(state))
        return fmt::format("'{}' is not known of the state", path.substr(state.size()));
    return fmt::format("'{}' means nothing here", path);
}

class Checker {
public:
    Checker(const PathTypes& types, Diagnostics& diagnostics)
        : types_(types), diagnostics_(diagnostics) {}

    void check_whole(const Term& whole) { require(whole, Type::boolean); }

private:
    /// The type of a term, or nothing if an error has been reported.
    std::optional<Type> check(const Term& term) {
        switch (term.kind) {
            case Kind::literal:
                return type_of(term.value);
            case Kind::path:
                return check_path(term);
            case Kind::call:
                return check_call(term);
            case Kind::comparison:
                return check_comparison(term);
            case Kind::minus:
                require(term.operands[0], Type::number);
                return Type::number;
            case Kind::conjunction:
            case Kind::disjunction:
            case Kind::negation:
                break;
        }
        for (const auto& operand : term.operands) require(operand, Type::boolean);
        return Type::boolean;
    }

    void require(const Term& term, Type type) {
        const auto found = check(term);
        if (!found || *found == type) return;
        const bool is_condition = type == Type::boolean;
        say(term,
            "wrong-type",
            fmt::format("this is {}, where {} is expected", name_of(*found), name_of(type)),
            is_condition ? "compare it with something" : "");
    }

    std::optional<Type> check_path(const Term& path) {
        if (path.name == "round") return Type::number;
        auto answer = types_(path.name);
        if (answer.type) return answer.type;
        if (const auto* function = find_expression_function(path.name)) {
            say(path,
                "unknown-name",
                fmt::format("'{}' is a function", path.name),
                fmt::format("write {}", function->signature()));
            return std::nullopt;
        }
        answer.known.emplace_back("round");
        auto hint = did_you_mean(path.name, answer.known);
        if (hint.empty() && path.name.find('.') == std::string::npos)
            hint = "there are round, params.<name>, metrics.<stage>.<name> and state.<name>.count";
        say(path, "unknown-name", describe_unknown(path.name), std::move(hint));
        return std::nullopt;
    }

    std::optional<Type> check_call(const Term& call) {
        const auto* function = find_expression_function(call.name);
        if (function == nullptr) {
            say_unknown_function(call);
            return std::nullopt;
        }
        if (call.operands.size() != function->parameters.size()) {
            say(call,
                "wrong-arguments",
                fmt::format("'{}' takes {} arguments, not {}",
                            call.name,
                            function->parameters.size(),
                            call.operands.size()),
                fmt::format("write {}", function->signature()));
            return function->result;
        }
        if (!function->need.path.empty() && !types_(function->need.path).type) {
            say(call,
                "not-there",
                fmt::format("'{}' cannot be computed: {}", call.name, function->need.missing),
                std::string(function->need.hint));
            return function->result;
        }
        for (std::size_t i = 0; i < call.operands.size(); ++i)
            check_argument(call.operands[i], function->parameters[i]);
        return function->result;
    }

    void say_unknown_function(const Term& call) {
        std::vector<std::string> names;
        std::string signatures;
        for (const auto& function : expression_functions()) {
            names.emplace_back(function.name);
            signatures += (signatures.empty() ? "there are " : ", ") + function.signature();
        }
        const auto near = did_you_mean(call.name, names);
        Place name = call.place;
        name.length = call.name.size();
        diagnostics_.error(name,
                           "unknown-function",
                           fmt::format("there is no function '{}'", call.name),
                           near.empty() ? signatures : near);
    }

    void check_argument(const Term& argument, const FunctionParameter& parameter) {
        using Parameter = FunctionParameter::Kind;
        if (parameter.kind == Parameter::score) return check_score(argument);
        const bool is_metric = argument.kind == Kind::path && argument.name.starts_with("metrics.");
        if (parameter.kind == Parameter::metric && !is_metric) {
            say(argument,
                "wrong-type",
                fmt::format("'{}' is the name of a metric, with all its values", parameter.name),
                "write metrics.<stage>.<name>");
            return;
        }
        const auto type = parameter.kind == Parameter::instant ? Type::text : Type::number;
        require(argument, type);
        const auto value = constant(argument);
        if (!value || type_of(*value) != type) return;
        if (auto problem = problem_of(parameter, *value); !problem.empty())
            say(argument, "wrong-arguments", std::move(problem), "");
    }

    /// What the term is in every round, if that is known.
    std::optional<Expression::Value> constant(const Term& term) const {
        if (term.kind == Kind::literal) return term.value;
        if (term.kind == Kind::path && term.name != "round") return types_(term.name).value;
        return std::nullopt;
    }

    /// A score uses its bare name, or by its name in quotes.
    void check_score(const Term& argument) {
        constexpr std::string_view prefix = "scores:";
        const auto* text = std::get_if<std::string>(&argument.value);
        const bool is_name = argument.kind == Kind::path;
        if (!is_name && (argument.kind != Kind::literal || text == nullptr))
            return say(argument, "wrong-type", "this is not the name of a score", "");
        const std::string name = is_name ? argument.name : *text;
        const auto answer = types_(std::string(prefix) + name);
        if (answer.type) return;
        std::vector<std::string> names;
        for (const auto& known : answer.known)
            if (known.starts_with(prefix)) names.push_back(known.substr(prefix.size()));
        say(argument,
            "unknown-name",
            fmt::format("no stage computes the score '{}'", name),
            did_you_mean(name, names));
    }

    std::optional<Type> check_comparison(const Term& comparison) {
        const auto& left = comparison.operands[0];
        const auto& right = comparison.operands[1];
        const auto left_type = check(left);
        const auto right_type = check(right);
        if (!left_type || !right_type) return Type::boolean;
        const bool has_order = *left_type == Type::number || *left_type == Type::duration;
        const bool is_equality = comparison.name == "==" || comparison.name == "!=";
        if (*left_type != *right_type) {
            say(comparison,
                "wrong-type",
                fmt::format("{} is compared with {}", name_of(*left_type), name_of(*right_type)),
                *left_type == Type::duration || *right_type == Type::duration
                    ? "durations are written 30s, 10m or 2h"
                    : "");
        } else if (!has_order && !is_equality) {
            say(comparison,
                "wrong-type",
                fmt::format("'{}' does not work on {}", comparison.name, name_of(*left_type)),
                "compare with == or !=");
        }
        return Type::boolean;
    }

    void say(const Term& term, const char* code, std::string message, std::string hint) {
        diagnostics_.error(term.place, code, std::move(message), std::move(hint));
    }

    const PathTypes& types_;
    Diagnostics& diagnostics_;
};

}  // namespace

void check(const Expression& expression, const PathTypes& types, Diagnostics& diagnostics) {
    Checker(types, diagnostics).check_whole(expression.root());
}

}  // namespace trommel
