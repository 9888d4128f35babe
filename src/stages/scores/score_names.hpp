#pragma once

#include "trommel/pipeline/stage/stage_type.hpp"
#include "trommel/scoring/scorer.hpp"

#include <string>
#include <vector>

namespace trommel::stages {

/// Complains about the option `scores` where it names a score that `task` does not have, or none at
/// all.
void check_score_names(scoring::Task task,
                       const std::vector<std::string>& names,
                       const StageType::Complain& complain);

/// What the columns of these scores are called: aliases are not; what is not a score stays as it
/// is.
std::vector<std::string> current_names(scoring::Task task, const std::vector<std::string>& names);

}  // namespace trommel::stages
