// Advice against entropy where there are many classes.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"

#include <string>

namespace trommel {

/// Above so many classes entropy is below random choice on common data sets: it ranks samples by
/// the tail of unlikely classes.
inline constexpr std::size_t most_classes_for_entropy = 5;

/// The first stage that selects by entropy, or null.
const StageSpec* entropy_selector(const Pipeline& pipeline);

/// Why not to, for `classes` classes.
std::string entropy_advice(std::size_t classes);

}  // namespace trommel
