#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"

#include <any>
#include <vector>

namespace trommel {

/// Notes which scores the stage adds by itself, and which its options name, and where.
void note_scores(StageSpec& stage, const std::any& options);

/// Has scores flow from stage to stage, as a part of the type of what each sends, and says which
/// are named and not there. `stages` are in an order in which each comes after all that it waits
/// for. `tags_outlive_runs`: a tag may have scores from elsewhere, if no stage before gives it any.
void check_scores(std::vector<StageSpec>& stages, bool tags_outlive_runs, Diagnostics& diagnostics);

}  // namespace trommel
