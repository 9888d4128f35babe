// StrategyChoice: a strategy as files, wires and stores speak of it.
#pragma once

#include "trommel/selection/sampling_method.hpp"

#include <map>
#include <optional>
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
    std::vector<std::string> goals{};       ///< as `parse_goal` reads them
    std::vector<std::string> thresholds{};  ///< on scores, as `parse_threshold` reads them

    bool operator==(const StrategyChoice&) const = default;
};

/// The strategy that does what Lightly's method does, and back; none for strategies of ours.
std::string strategy_name(SamplingMethod method);
std::optional<SamplingMethod> method_of(std::string_view strategy);

/// `name=value name=value`, and back. Throws DataError for what is no such text.
std::string to_text(const StrategySettings& settings);
StrategySettings parse_settings(std::string_view text);

}  // namespace trommel::selection
