// The words of an expression.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/expression.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

struct ExpressionToken {
    /// A word is a path, a function's name, `and`, `or`, `not`, `true` or `false`.
    enum class Kind { literal, word, sign, end };

    Kind kind = Kind::end;
    std::string text{};  ///< as it is written
    std::size_t offset = 0;
    Expression::Value value{};  ///< of a literal

    bool is(std::string_view what) const { return kind != Kind::literal && text == what; }
};

/// The tokens of a scalar's text, the last one of kind `end`; or nothing if something in it is not
/// a token.
std::optional<std::vector<ExpressionToken>> tokenize(const Node& scalar, Diagnostics& diagnostics);

}  // namespace trommel
