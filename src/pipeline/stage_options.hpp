#pragma once

#include "trommel/pipeline/language/node.hpp"
#include "trommel/pipeline/pipeline.hpp"

namespace trommel {

/// A map of every option of the stage that has a value: as in `given`, which may be null, else its
/// default.
Node complete_options(const StageSpec& stage, const Node* given);

}  // namespace trommel
