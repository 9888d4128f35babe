#include "trommel/selection/ending.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trommel::selection {
namespace {

using Named = std::pair<Ending, std::string_view>;

constexpr std::array all{Named{Ending::wanted, "wanted"},
                         Named{Ending::none_left, "none_left"},
                         Named{Ending::min_distance, "min_distance"},
                         Named{Ending::threshold, "threshold"},
                         Named{Ending::strategy, "strategy"}};

}  // namespace

std::string to_string(Ending ending) {
    return std::string(std::ranges::find(all, ending, &Named::first)->second);
}

std::optional<Ending> parse_ending(std::string_view name) {
    const auto* found = std::ranges::find(all, name, &Named::second);
    if (found == all.end()) return std::nullopt;
    return found->first;
}

std::string describe(Ending ending) {
    switch (ending) {
        case Ending::wanted:
            return "as many as asked for";
        case Ending::none_left:
            return "no sample is left";
        case Ending::min_distance:
            return "the next would be nearer than min_distance to a chosen one";
        case Ending::threshold:
            return "no other sample is within the thresholds";
        case Ending::strategy:
            break;
    }
    return "the strategy finds no other worth choosing";
}

Ending ending_of(std::size_t picks,
                 std::size_t open,
                 std::size_t within,
                 std::optional<std::size_t> wanted,
                 double min_distance) {
    if (wanted && picks >= *wanted) return Ending::wanted;
    if (picks >= open) return Ending::none_left;
    if (picks >= within) return Ending::threshold;
    return min_distance >= 0 ? Ending::min_distance : Ending::strategy;
}

}  // namespace trommel::selection
