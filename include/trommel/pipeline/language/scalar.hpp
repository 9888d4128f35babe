// What plain words of YAML mean: the core schema of YAML 1.2, and nothing beyond it.
#pragma once

#include "trommel/pipeline/language/node.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace trommel {

/// A scalar with its type: nothing, a truth value, a whole number, a number or text.
using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// The value of `text`; what was quoted is text. `yes`, `no` and `on` are text, `010` is ten,
/// `0o10` is eight, `.5` is a half; numbers that no int64 or double holds are text.
/// YAML 1.2.2, section 10.3.2.
Scalar resolve_scalar(std::string_view text, bool is_quoted);

/// The value of a scalar or null node; nothing for lists and maps.
Scalar scalar_of(const Node& node);

/// True for `~`, `null`, `Null`, `NULL` and no text at all.
bool spells_null(std::string_view text);

/// The value in the one way that is written into texts: `true`, `8`, `0.1`, `.inf`, the text
/// itself, and no text for nothing.
std::string canonical(const Scalar& value);

}  // namespace trommel
