// The syntax tree of an expression.
#pragma once

#include "trommel/pipeline/language/expression.hpp"

#include <string>
#include <vector>

namespace trommel {

struct Expression::Term {
    enum class Kind { literal, path, call, comparison, conjunction, disjunction, negation, minus };

    Kind kind = Kind::literal;
    Place place{};
    Value value{};       ///< of a literal
    std::string name{};  ///< a path, a function's name or a comparison's sign
    std::vector<Term> operands{};
};

}  // namespace trommel
