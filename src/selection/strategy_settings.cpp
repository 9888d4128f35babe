#include "trommel/selection/strategy_settings.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/selection/goal_choice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace trommel::selection {
namespace {

constexpr std::array all{
    StrategySetting{"oversampling",
                    &StrategyOptions::oversampling,
                    1,
                    {"dmbal", "auto", "cluster_margin"},
                    "Candidates a pick, those of the highest scores."},
    StrategySetting{"neighbors",
                    &StrategyOptions::neighbors,
                    1,
                    {"typicality", "typiclust", "facility_location", "combined"},
                    "Of how many nearest samples the typical one is near."},
    StrategySetting{"search",
                    &StrategyOptions::search,
                    {},
                    {"typicality", "typiclust", "facility_location", "combined"},
                    "How nearest samples are found; approximate: of many, most of them, sooner."},
    StrategySetting{"probes",
                    &StrategyOptions::probes,
                    1,
                    {"typicality", "typiclust", "facility_location", "combined"},
                    "An approximate search looks in so many of 4 sqrt(samples) lists."},
    StrategySetting{
        "radius",
        &StrategyOptions::radius,
        0,
        {"prob_cover", "cluster_margin"},
        "How far from a chosen sample others count as covered; the mean distance within "
        "a cluster.",
        "prob_cover"},
    StrategySetting{"metric",
                    &StrategyOptions::metric,
                    {},
                    {with_embeddings, "combined"},
                    "How far embeddings are from each other; cosine takes a copy of them."},
    StrategySetting{"density_strength",
                    &StrategyOptions::density_strength,
                    {},
                    {"information_density"},
                    "The exponent of density."},
    StrategySetting{"first",
                    &Objective::first,
                    {},
                    {"coreset", "auto"},
                    "What to begin with where nothing is chosen yet."},
    StrategySetting{
        "combine", &Objective::combination, {}, {"coral"}, "How diversity and score are combined."},
    StrategySetting{"diversity_strength",
                    &Objective::diversity_strength,
                    0,
                    {"coral"},
                    "The exponent of diversity, or its factor in a sum; above 0."},
    StrategySetting{"score_strength",
                    &Objective::score_strength,
                    {},
                    {"coral"},
                    "The exponent of the score, or its factor in a sum; below 0, low scores go "
                    "first."},
};

template <typename T>
using Words = std::vector<std::pair<std::string, T>>;

const Words<FirstPick>& words(FirstPick) {
    static const Words<FirstPick> words{{"first", FirstPick::first},
                                        {"random", FirstPick::random},
                                        {"centroid", FirstPick::centroid}};
    return words;
}

const Words<Metric>& words(Metric) {
    static const Words<Metric> words{{"euclidean", Metric::euclidean}, {"cosine", Metric::cosine}};
    return words;
}

const Words<Search>& words(Search) {
    static const Words<Search> words{{"exact", Search::exact},
                                     {"approximate", Search::approximate}};
    return words;
}

const Words<Combination>& words(Combination) {
    static const Words<Combination> words{{"product", Combination::product},
                                          {"cumulative_product", Combination::cumulative_product},
                                          {"sum", Combination::sum}};
    return words;
}

auto& field_in(auto& options, auto StrategyOptions::*field) { return options.*field; }
auto& field_in(auto& options, auto Objective::*field) { return options.objective.*field; }

std::string to_word(double value) { return shortest(value); }
std::string to_word(std::size_t value) { return std::to_string(value); }
template <typename T>
std::string to_word(T value) {
    return std::ranges::find(words(value), value, &std::pair<std::string, T>::second)->first;
}

[[noreturn]] void refuse(const StrategySetting& setting, std::string_view text) {
    const auto names = words_of(setting);
    const auto least = setting.min ? fmt::format(" of at least {}", shortest(*setting.min)) : "";
    throw DataError(fmt::format(
        "'{}' has to be {}, not '{}'",
        setting.name,
        names.empty() ? fmt::format("a {}number{}", is_whole(setting) ? "whole " : "", least)
                      : fmt::format("one of {}", fmt::join(names, ", ")),
        text));
}

double number_in(std::string_view text, const StrategySetting& setting) {
    const auto number = parse_number(text);
    if (!number || !std::isfinite(*number) || (setting.min && *number < *setting.min))
        refuse(setting, text);
    return *number;
}

void read(std::string_view text, const StrategySetting& setting, double& value) {
    value = number_in(text, setting);
}

void read(std::string_view text, const StrategySetting& setting, std::size_t& value) {
    const double number = number_in(text, setting);
    if (number != std::floor(number) || number > 4e9) refuse(setting, text);
    value = static_cast<std::size_t>(number);
}

template <typename T>
void read(std::string_view text, const StrategySetting& setting, T& value) {
    const auto& known = words(value);
    const auto found = std::ranges::find(known, text, &std::pair<std::string, T>::first);
    if (found == known.end()) refuse(setting, text);
    value = found->second;
}

std::string meant_or_all(std::string_view name, const std::vector<std::string>& names) {
    const auto meant = closest(name, names);
    return meant ? fmt::format("did you mean '{}'?", *meant)
                 : fmt::format("there are {}", fmt::join(names, ", "));
}

const StrategySetting& named_setting(std::string_view name, std::string_view strategy) {
    const auto* setting = find_strategy_setting(name);
    if (setting != nullptr && looks_at(strategy, *setting)) return *setting;
    const auto names = settings_for(strategy);
    throw DataError(
        fmt::format("{} {} '{}'; {}",
                    strategy,
                    setting == nullptr ? "has no option" : "does not look at",
                    name,
                    names.empty() ? std::string("it has no options") : meant_or_all(name, names)));
}

std::ptrdiff_t count_goals(const StrategyChoice& choice, Goal::Kind kind) {
    return std::ranges::count_if(
        choice.goals, [&](const std::string& goal) { return parse_goal(goal).kind == kind; });
}

void check_goals(const StrategyChoice& choice) {
    const auto count = std::ssize(choice.goals);
    const bool is_combined = choice.name == "combined";
    const bool is_balance = choice.name == "balance";
    if (is_combined && count == 0)
        throw DataError("combined multiplies goals, and there are none; give one or more");
    if (is_balance && (count == 0 || count_goals(choice, Goal::Kind::balance) != count))
        throw DataError(
            "balance looks at goals 'balance=SCORE+SCORE' alone; give one, or select by combined");
    if (!is_combined && !is_balance && count > 0)
        throw DataError(fmt::format("{} does not look at 'goals'; combined does", choice.name));
    if (count_goals(choice, Goal::Kind::diversity) > 1)
        throw DataError("diversity is a goal twice; give one, with a strength");
}

}  // namespace

std::span<const StrategySetting> strategy_settings() { return all; }

const StrategySetting* find_strategy_setting(std::string_view name) {
    const auto* found = std::ranges::find(all, name, &StrategySetting::name);
    return found == all.end() ? nullptr : found;
}

bool looks_at(std::string_view strategy, const StrategySetting& setting) {
    if (setting.strategies[0] == with_embeddings) {
        const auto* found = find_strategy(strategy);
        if (found != nullptr && found->needs_embeddings) return true;
    }
    return !strategy.empty() && std::ranges::count(setting.strategies, strategy) > 0;
}

std::vector<std::string> settings_for(std::string_view strategy) {
    std::vector<std::string> names;
    for (const auto& setting : all)
        if (looks_at(strategy, setting)) names.emplace_back(setting.name);
    return names;
}

std::vector<std::string> words_of(const StrategySetting& setting) {
    std::vector<std::string> names;
    const StrategyOptions options;
    std::visit(
        [&](auto field) {
            const auto& value = field_in(options, field);
            if constexpr (requires { words(value); })
                for (const auto& [word, meaning] : words(value)) names.push_back(word);
        },
        setting.field);
    return names;
}

bool is_whole(const StrategySetting& setting) {
    return std::holds_alternative<std::size_t StrategyOptions::*>(setting.field);
}

std::string value_of(const StrategyOptions& options, const StrategySetting& setting) {
    return std::visit([&](auto field) { return to_word(field_in(options, field)); }, setting.field);
}

void set(StrategyOptions& options, const StrategySetting& setting, std::string_view text) {
    std::visit([&](auto field) { read(text, setting, field_in(options, field)); }, setting.field);
}

StrategyOptions options_of(const StrategyChoice& choice) {
    named_strategy(choice.name);
    StrategyOptions options;
    for (const auto& [name, value] : choice.settings)
        set(options, named_setting(name, choice.name), value);
    return options;
}

StrategyChoice checked(const StrategyChoice& choice) {
    const auto options = options_of(choice);
    auto normal = choice;
    normal.settings.clear();
    for (const auto& setting : all) {
        if (setting.needed_by == choice.name && !choice.settings.contains(setting.name))
            throw DataError(fmt::format("{} needs '{}'", choice.name, setting.name));
        auto value = value_of(options, setting);
        if (value != value_of({}, setting)) normal.settings.emplace(setting.name, std::move(value));
    }
    return normal;
}

StrategyChoice checked_for_job(const StrategyChoice& choice) {
    if (const auto missing = named_strategy(choice.name).missing_in_jobs; !missing.empty())
        throw DataError(
            fmt::format("{} needs {}, which a job does not have; choose another strategy",
                        choice.name,
                        missing));
    auto normal = checked(choice);
    check_goals(choice);
    for (auto& goal : normal.goals) goal = to_text(parse_goal_of_job(goal));
    for (auto& threshold : normal.thresholds)
        threshold = to_text(parse_threshold(threshold, "SCORE"));
    return normal;
}

std::vector<std::string> named_scores(const StrategyChoice& choice) {
    std::set<std::string> names;
    for (const auto& text : choice.goals) {
        const auto goal = parse_goal(text);
        if (goal.kind == Goal::Kind::weights) names.insert(goal.of);
        if (goal.kind != Goal::Kind::balance) continue;
        for (const auto& category : parse_categories(goal.of)) names.insert(category.score);
    }
    for (const auto& text : choice.thresholds) names.insert(parse_threshold(text, "SCORE").of);
    return {names.begin(), names.end()};
}

bool needs_embeddings(const StrategyChoice& choice) {
    return named_strategy(choice.name).needs_embeddings ||
           std::ranges::any_of(choice.goals, [](const std::string& goal) {
               const auto kind = parse_goal(goal).kind;
               return kind != Goal::Kind::weights && kind != Goal::Kind::balance;
           });
}

bool needs_query(const StrategyChoice& choice) {
    return choice.name == "similarity" || count_goals(choice, Goal::Kind::similarity) > 0;
}

const Strategy& named_strategy(std::string_view name) {
    if (const auto* strategy = find_strategy(name)) return *strategy;
    std::vector<std::string> names;
    for (const auto& strategy : strategies()) names.emplace_back(strategy.name);
    throw DataError(fmt::format("there is no strategy '{}'; {}", name, meant_or_all(name, names)));
}

}  // namespace trommel::selection
