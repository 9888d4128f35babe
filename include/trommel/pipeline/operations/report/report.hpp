#pragma once

#include "trommel/pipeline/engine/history/history.hpp"

#include <optional>
#include <string>

namespace trommel {

/// What `report.html` tells of a run.
struct Report {
    std::string pipeline{};  ///< its name
    std::string run{};       ///< its id
    std::string summary{};   ///< one sentence: why it stopped
    History history{};
    std::optional<History> baseline{};  ///< of the run it is compared with
    std::string baseline_name{};
    std::string resolved_yaml{};
};

/// One HTML file that needs no other: a curve for each metric as SVG, the baseline dashed, what was
/// picked in each round, and the resolved configuration. Long rounds show their first 200 picks.
std::string to_html(const Report& report);

}  // namespace trommel
