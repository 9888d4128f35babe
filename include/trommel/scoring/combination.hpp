#pragma once

#include "trommel/scoring/scorer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trommel::scoring {

/// How several scores become one.
struct Combination {
    enum class How { product, sum };
    struct WeightedScore {
        std::string score{};  ///< its current name
        double weight = 1;
    };

    How how = How::product;
    std::vector<WeightedScore> parts{};
};

/// `uncertainty_margin:2,object_frequency`: names, each with a weight unless it is 1. Throws
/// ConfigError on a part without a name, a weight that is not a finite number, and a name twice.
std::vector<Combination::WeightedScore> parse_parts(std::string_view text);

/// For each sample prod score^weight, or sum weight * score; as a column of this name. Throws
/// ConfigError where `scores` lacks one that is asked for.
ScoreColumn combine(const Scores& scores, const Combination& combination, std::string name);

}  // namespace trommel::scoring
