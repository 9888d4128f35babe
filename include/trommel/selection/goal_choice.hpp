// Goals and thresholds as people write them: `weights=uncertainty_margin^2`, `blur<=0.4`.
#pragma once

#include "trommel/selection/strategy.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trommel::selection {

/// One that a job balances: a score that says how much of it each sample has.
struct CategoryChoice {
    std::string score{};
    double ratio = 1;  ///< of the target, in proportion to the others'; above 0

    bool operator==(const CategoryChoice&) const = default;
};

/// `KIND[=OF][^STRENGTH]`, such as `diversity`, `typicality^-1` or `weights=blur.csv^2`.
struct GoalChoice {
    Goal::Kind kind = Goal::Kind::diversity;
    std::string of{};  ///< where its numbers come from: a score, a file; may be empty
    double strength = 1;
    std::vector<CategoryChoice> categories{};  ///< of a job's balance

    bool operator==(const GoalChoice&) const = default;
};

/// `OF>=NUMBER` or `OF<=NUMBER`.
struct ThresholdChoice {
    std::string of{};  ///< where its numbers come from: a score, a file
    bool is_least = true;
    double bound = 0;

    /// On these values.
    Threshold over(std::span<const double> values) const;

    bool operator==(const ThresholdChoice&) const = default;
};

/// Throw DataError for what is not a such text; `what` is what OF is called there: `a score`.
GoalChoice parse_goal(std::string_view text);
ThresholdChoice parse_threshold(std::string_view text, std::string_view what);

/// The same of what a job can use: weights are a score, similarity is to one tag, and balance is
/// between categories that are a score each.
GoalChoice parse_goal_of_job(std::string_view text);
std::vector<GoalChoice> parse_goals_of_job(const std::vector<std::string>& texts);

/// Of a job: of scores.
std::vector<ThresholdChoice> parse_thresholds(const std::vector<std::string>& texts);

/// `SCORE+SCORE` or `SCORE:RATIO+SCORE:RATIO`, two or more. Throws DataError for what is not.
std::vector<CategoryChoice> parse_categories(std::string_view text);

/// In the one way in which they are kept and sent.
std::string to_text(const GoalChoice& goal);
std::string to_text(const ThresholdChoice& threshold);
std::string to_text(const std::vector<CategoryChoice>& categories);

template <typename Choice>
std::vector<std::string> to_texts(const std::vector<Choice>& choices) {
    std::vector<std::string> texts;
    for (const auto& choice : choices) texts.push_back(to_text(choice));
    return texts;
}

/// `diversity`, `weights`, `similarity`, `typicality`, `balance`.
std::string to_string(Goal::Kind kind);

/// Whether a goal of the kind uses embeddings.
bool needs_embeddings_for(Goal::Kind kind);

}  // namespace trommel::selection
