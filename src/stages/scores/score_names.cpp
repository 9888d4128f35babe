#include "stages/scores/score_names.hpp"

#include "trommel/core/error.hpp"

namespace trommel::stages {

void check_score_names(scoring::Task task,
                       const std::vector<std::string>& names,
                       const StageType::Complain& complain) {
    if (names.empty()) complain("scores", "name at least one score, or leave 'scores' out for all");
    for (const auto& name : names) try {
            scoring::score_name(task, name);
        } catch (const ConfigError& error) {
            complain("scores", error.what());
        }
}

std::vector<std::string> current_names(scoring::Task task, const std::vector<std::string>& names) {
    std::vector<std::string> current;
    for (const auto& name : names)
        current.push_back(scoring::find_score_name(task, name).value_or(name));
    return current;
}

}  // namespace trommel::stages
