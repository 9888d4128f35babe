// Goals and thresholds as people write them: `weights=uncertainty_margin^2`, `blur<=0.4`.
#pragma once

#include "trommel/selection/strategy.hpp"

#include <string>
#include <string_view>

namespace trommel::selection {

/// `KIND[=OF][^STRENGTH]`, such as `diversity`, `typicality^-1` or `weights=blur.csv^2`.
struct GoalChoice {
    Goal::Kind kind = Goal::Kind::diversity;
    std::string of{};  ///< where its numbers come from: a score, a file; may be empty
    double strength = 1;
};

/// `OF>=NUMBER` or `OF<=NUMBER`.
struct ThresholdChoice {
    std::string of{};  ///< where its numbers come from: a score, a file
    bool is_least = true;
    double bound = 0;

    /// On these values.
    Threshold over(std::span<const double> values) const;
};

/// Throw DataError for what is no such text; `what` is what OF is called there: `a score`.
GoalChoice parse_goal(std::string_view text);
ThresholdChoice parse_threshold(std::string_view text, std::string_view what);

/// The same of what a job can go by: weights are scores, similarity is to one tag, and of classes
/// it knows nothing.
GoalChoice parse_goal_of_job(std::string_view text);

/// In the one way in which they are kept and compared.
std::string to_text(const GoalChoice& goal);
std::string to_text(const ThresholdChoice& threshold);

/// `diversity`, `weights`, `similarity`, `typicality`, `balance`.
std::string to_string(Goal::Kind kind);

}  // namespace trommel::selection
