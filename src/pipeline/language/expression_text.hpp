#pragma once

#include "pipeline/language/expression_term.hpp"

#include <string>

namespace trommel {

/// The term as people write it: `plateau(metrics.evaluate.accuracy, 3, 0.002)`.
std::string to_text(const Expression::Term& term);

/// A value as messages show it.
std::string to_text(const Expression::Value& value);

}  // namespace trommel
