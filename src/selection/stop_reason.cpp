#include "trommel/selection/stop_reason.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trommel::selection {
namespace {

using Named = std::pair<StopReason, std::string_view>;

constexpr std::array all{Named{StopReason::wanted, "wanted"},
                         Named{StopReason::none_left, "none_left"},
                         Named{StopReason::min_distance, "min_distance"},
                         Named{StopReason::threshold, "threshold"},
                         Named{StopReason::strategy, "strategy"}};

}  // namespace

std::string to_string(StopReason stop_reason) {
    return std::string(std::ranges::find(all, stop_reason, &Named::first)->second);
}

std::optional<StopReason> parse_stop_reason(std::string_view name) {
    const auto* found = std::ranges::find(all, name, &Named::second);
    if (found == all.end()) return std::nullopt;
    return found->first;
}

std::string describe(StopReason stop_reason) {
    switch (stop_reason) {
        case StopReason::wanted:
            return "as many as asked for";
        case StopReason::none_left:
            return "no sample is left";
        case StopReason::min_distance:
            return "the next would be nearer than min_distance to a chosen one";
        case StopReason::threshold:
            return "no other sample is within the thresholds";
        case StopReason::strategy:
            break;
    }
    return "the strategy finds no other worth choosing";
}

StopReason stop_reason_of(std::size_t picks,
                          std::size_t open,
                          std::size_t within,
                          std::optional<std::size_t> wanted,
                          double min_distance) {
    if (wanted && picks >= *wanted) return StopReason::wanted;
    if (picks >= open) return StopReason::none_left;
    if (picks >= within) return StopReason::threshold;
    return min_distance >= 0 ? StopReason::min_distance : StopReason::strategy;
}

}  // namespace trommel::selection
