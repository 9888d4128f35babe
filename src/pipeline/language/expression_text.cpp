#include "pipeline/language/expression_text.hpp"

#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

using Term = Expression::Term;
using Kind = Term::Kind;

bool binds_less(const Term& term) {
    return term.kind == Kind::conjunction || term.kind == Kind::disjunction ||
           term.kind == Kind::comparison || term.kind == Kind::negation;
}

std::string operand_text(const Term& term) {
    return binds_less(term) ? fmt::format("({})", to_text(term)) : to_text(term);
}

std::string chain_text(const Term& term) {
    std::string text;
    for (const auto& operand : term.operands) {
        if (!text.empty()) text += fmt::format(" {} ", term.name);
        text += operand_text(operand);
    }
    return text;
}

std::string call_text(const Term& term) {
    std::string arguments;
    for (const auto& operand : term.operands)
        arguments += (arguments.empty() ? "" : ", ") + to_text(operand);
    return fmt::format("{}({})", term.name, arguments);
}

}  // namespace

std::string to_text(const Expression::Value& value) {
    if (const auto* number = std::get_if<double>(&value)) return shortest(*number);
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("'{}'", *text);
    return to_text(std::get<std::chrono::milliseconds>(value));
}

std::string to_text(const Term& term) {
    switch (term.kind) {
        case Kind::literal:
            return to_text(term.value);
        case Kind::path:
            return term.name;
        case Kind::call:
            return call_text(term);
        case Kind::minus:
            return "-" + operand_text(term.operands[0]);
        case Kind::negation:
            return "not " + operand_text(term.operands[0]);
        case Kind::comparison:
        case Kind::conjunction:
        case Kind::disjunction:
            break;
    }
    return chain_text(term);
}

std::string to_text(const Expression& expression) { return to_text(expression.root()); }

}  // namespace trommel
