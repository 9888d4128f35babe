// Goals and thresholds as people write them: `weights=uncertainty_margin^2`, `blur<=0.4`.
#pragma once

#include "trommel/selection/strategy.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trommel::selection {

/// `KIND[=OF][^STRENGTH]`, such as `diversity`, `typicality^-1` or `weights=blur.csv^2`.
struct GoalChoice {
    Goal::Kind kind = Goal::Kind::diversity;
    std::string of{};  ///< where its numbers come from: a score, a file; may be empty
    double strength = 1;
};

/// One that a job balances: a score that says how much of it each sample has.
struct CategoryChoice {
    std::string score{};
    double ratio = 1;  ///< of the target, in proportion to the others'; above 0
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

/// The same of what a job can go by: weights are a score, similarity is to one tag, and balance is
/// between categories that are a score each.
GoalChoice parse_goal_of_job(std::string_view text);

/// `SCORE+SCORE` or `SCORE:RATIO+SCORE:RATIO`, two or more. Throws DataError for what is not.
std::vector<CategoryChoice> parse_categories(std::string_view text);

/// In the one way in which they are kept and compared.
std::string to_text(const GoalChoice& goal);
std::string to_text(const ThresholdChoice& threshold);
std::string to_text(const std::vector<CategoryChoice>& categories);

/// `diversity`, `weights`, `similarity`, `typicality`, `balance`.
std::string to_string(Goal::Kind kind);

}  // namespace trommel::selection
