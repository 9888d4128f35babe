// Rules that end a loop: whether more labels are worth their price.
#pragma once

#include "pipeline/language/expression_functions.hpp"

#include <vector>

namespace trommel {

/// The rules that use what a run measures, chooses and spends.
std::vector<ExpressionFunction> stop_rules();

}  // namespace trommel
