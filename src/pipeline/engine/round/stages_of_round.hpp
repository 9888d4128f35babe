// Which stages run in a round, and in the closing pass.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"

#include <functional>
#include <vector>

namespace trommel {

/// The stages of the closing pass: those that measure, and all that they read from or need. None of
/// them writes a state or asks for a selection; a metric that cannot be had without that is left
/// out.
std::vector<const StageSpec*> closing_stages(const Pipeline& pipeline);

/// The stages that run in a round for which `holds` says whether a `when` is true: those whose
/// `when` holds and whose required inputs have a sender that runs.
std::vector<const StageSpec*> stages_of_round(const Pipeline& pipeline,
                                              const std::function<bool(const Expression&)>& holds);

}  // namespace trommel
