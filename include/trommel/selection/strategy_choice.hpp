// StrategyChoice: a strategy as files, wires and stores speak of it.
#pragma once

#include "trommel/selection/goal_choice.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::selection {

/// Options of a strategy by their names, as `strategy_settings.hpp` lists them.
using StrategySettings = std::map<std::string, std::string, std::less<>>;

/// A strategy by its name with what it is told; what is not there is as by default.
struct StrategyChoice {
    std::string name = "coreset";
    StrategySettings settings{};
    std::vector<GoalChoice> goals{};            ///< of a job
    std::vector<ThresholdChoice> thresholds{};  ///< on scores

    bool operator==(const StrategyChoice&) const = default;
};

/// `name=value name=value`, and back. Throws DataError for what is not a such text.
std::string to_text(const StrategySettings& settings);
StrategySettings parse_settings(std::string_view text);

}  // namespace trommel::selection
