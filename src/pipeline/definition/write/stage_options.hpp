#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/node.hpp"

namespace trommel {

/// A path that appears in a base, as seen from the pipeline's own folder.
Node rebased(const Node& path, const Pipeline& pipeline);

/// A map of every option of the stage that has a value: as in `given`, which may be null, else its
/// default. Paths are as seen from the pipeline's own folder.
Node complete_options(const StageSpec& stage, const Node* given, const Pipeline& pipeline);

}  // namespace trommel
