#include "trommel/selection/goal_choice.hpp"

#include "selection/suggest.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace trommel::selection {
namespace {

using Kind = Goal::Kind;

constexpr std::array kinds{std::pair{Kind::diversity, std::string_view("diversity")},
                           std::pair{Kind::weights, std::string_view("weights")},
                           std::pair{Kind::similarity, std::string_view("similarity")},
                           std::pair{Kind::typicality, std::string_view("typicality")},
                           std::pair{Kind::balance, std::string_view("balance")}};

Kind kind_named(std::string_view name) {
    for (const auto& [kind, word] : kinds)
        if (word == name) return kind;
    std::vector<std::string> names;
    for (const auto& [kind, word] : kinds) names.emplace_back(word);
    throw DataError(fmt::format("there is no goal '{}'; {}", name, meant_or_all(name, names)));
}

[[noreturn]] void fail_categories(const std::string& why) {
    throw DataError(
        fmt::format("balance {}; write the scores that say how much each sample has of each "
                    "category, as in balance=day+night or, one to two, balance=day:1+night:2",
                    why));
}

CategoryChoice category_of(std::string_view text) {
    const auto colon = text.rfind(':');
    CategoryChoice category{.score = std::string(text.substr(0, colon))};
    if (category.score.empty()) fail_categories("has a category without a name");
    if (colon == std::string_view::npos) return category;
    const auto ratio = parse_number(text.substr(colon + 1));
    if (!ratio || !std::isfinite(*ratio) || *ratio <= 0)
        fail_categories(fmt::format("needs a ratio above 0, not '{}'", text.substr(colon + 1)));
    category.ratio = *ratio;
    return category;
}

double bound_of(std::string_view text) {
    const auto number = parse_number(text);
    if (number && std::isfinite(*number)) return *number;
    throw DataError(fmt::format("'{}' is not a number", text));
}

}  // namespace

bool needs_embeddings_for(Goal::Kind kind) {
    return kind != Goal::Kind::weights && kind != Goal::Kind::balance;
}

Threshold ThresholdChoice::over(std::span<const double> values) const {
    Threshold threshold{.values = values};
    (is_least ? threshold.least : threshold.most) = bound;
    return threshold;
}

GoalChoice parse_goal(std::string_view text) {
    const auto hat = text.rfind('^');
    const auto what = text.substr(0, hat);
    const auto is = what.find('=');
    GoalChoice goal{.kind = kind_named(what.substr(0, is))};
    if (is != std::string_view::npos) goal.of = what.substr(is + 1);
    if (hat != std::string_view::npos) goal.strength = bound_of(text.substr(hat + 1));
    return goal;
}

GoalChoice parse_goal_of_job(std::string_view text) {
    auto goal = parse_goal(text);
    const auto name = to_string(goal.kind);
    if (goal.kind == Goal::Kind::balance) {
        goal.categories = parse_categories(goal.of);
        goal.of.clear();
        return goal;
    }
    if ((goal.kind == Goal::Kind::weights) != goal.of.empty()) return goal;
    throw DataError(goal.of.empty() ? fmt::format("{} of which score? Write {}=SCORE", name, name)
                                    : fmt::format("{} has no score: write '{}'", name, name));
}

std::vector<GoalChoice> parse_goals_of_job(const std::vector<std::string>& texts) {
    std::vector<GoalChoice> goals;
    for (const auto& text : texts) goals.push_back(parse_goal_of_job(text));
    return goals;
}

std::vector<CategoryChoice> parse_categories(std::string_view text) {
    std::vector<CategoryChoice> categories;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find('+', begin), text.size());
        auto category = category_of(trim(text.substr(begin, end - begin)));
        begin = end + 1;
        if (std::ranges::count(categories, category.score, &CategoryChoice::score) > 0)
            fail_categories(fmt::format("names '{}' twice", category.score));
        categories.push_back(std::move(category));
    }
    if (categories.size() < 2) fail_categories("is between two categories or more");
    return categories;
}

ThresholdChoice parse_threshold(std::string_view text, std::string_view what) {
    const auto sign = text.find_first_of("<>");
    const bool is_one =
        sign != std::string_view::npos && sign > 0 && text.substr(sign + 1, 1) == "=";
    const auto of = is_one ? trim(text.substr(0, sign)) : std::string_view();
    if (of.empty()) throw DataError(fmt::format("write {0}>=NUMBER or {0}<=NUMBER", what));
    return {.of = std::string(of),
            .is_least = text[sign] == '>',
            .bound = bound_of(trim(text.substr(sign + 2)))};
}

std::vector<ThresholdChoice> parse_thresholds(const std::vector<std::string>& texts) {
    std::vector<ThresholdChoice> thresholds;
    for (const auto& text : texts) thresholds.push_back(parse_threshold(text, "SCORE"));
    return thresholds;
}

std::string to_string(Goal::Kind kind) {
    for (const auto& [known, word] : kinds)
        if (known == kind) return std::string(word);
    return {};
}

std::string to_text(const GoalChoice& goal) {
    auto text = to_string(goal.kind);
    if (!goal.of.empty()) text += '=' + goal.of;
    if (!goal.categories.empty()) text += '=' + to_text(goal.categories);
    if (goal.strength != 1) text += '^' + shortest(goal.strength);
    return text;
}

std::string to_text(const std::vector<CategoryChoice>& categories) {
    std::string text;
    for (const auto& category : categories) {
        text += (text.empty() ? "" : "+") + category.score;
        if (category.ratio != 1) text += ':' + shortest(category.ratio);
    }
    return text;
}

std::string to_text(const ThresholdChoice& threshold) {
    return fmt::format(
        "{}{}={}", threshold.of, threshold.is_least ? '>' : '<', shortest(threshold.bound));
}

}  // namespace trommel::selection
