#include "trommel/selection/strategy_settings.hpp"

#include "selection/suggest.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace trommel::selection {
namespace {

/// Those that a row names, each once.
const std::vector<StrategySetting>& all() {
    static const auto settings = [] {
        std::vector<StrategySetting> once;
        for (const auto& strategy : strategies())
            for (const auto* setting : strategy.settings)
                if (setting != nullptr &&
                    std::ranges::count(once, setting->name, &StrategySetting::name) == 0)
                    once.push_back(*setting);
        return once;
    }();
    return settings;
}

bool accepts(const Strategy& strategy, std::string_view setting) {
    return std::ranges::any_of(strategy.settings, [&](const StrategySetting* own) {
        return own != nullptr && own->name == setting;
    });
}

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

const StrategySetting& named_setting(std::string_view name, std::string_view strategy) {
    const auto* setting = find_strategy_setting(name);
    if (setting != nullptr && accepts(strategy, *setting)) return *setting;
    const auto names = settings_for(strategy);
    throw DataError(
        fmt::format("{} {} '{}'; {}",
                    strategy,
                    setting == nullptr ? "has no option" : "does not use",
                    name,
                    names.empty() ? std::string("it has no options") : meant_or_all(name, names)));
}

std::ptrdiff_t count_goals(const StrategyChoice& choice, Goal::Kind kind) {
    return std::ranges::count(choice.goals, kind, &GoalChoice::kind);
}

void check_goals(const Strategy& strategy, const StrategyChoice& choice) {
    const auto count = std::ssize(choice.goals);
    if (strategy.only_goal && (count == 0 || count_goals(choice, *strategy.only_goal) != count))
        throw DataError(
            fmt::format("{0} uses goals '{1}=SCORE+SCORE' alone; give one, or select by combined",
                        strategy.name,
                        to_string(*strategy.only_goal)));
    if (strategy.needs_goals && count == 0)
        throw DataError(fmt::format("{} multiplies goals, and there are none; give one or more",
                                    strategy.name));
    if (!strategy.needs_goals && count > 0)
        throw DataError(fmt::format("{} does not use 'goals'; combined does", choice.name));
    if (count_goals(choice, Goal::Kind::diversity) > 1)
        throw DataError("diversity is a goal twice; give one, with a strength");
}

}  // namespace

std::span<const StrategySetting> strategy_settings() { return all(); }

const StrategySetting* find_strategy_setting(std::string_view name) {
    const auto found = std::ranges::find(all(), name, &StrategySetting::name);
    return found == all().end() ? nullptr : &*found;
}

bool accepts(std::string_view strategy, const StrategySetting& setting) {
    const auto* found = find_strategy(strategy);
    return found != nullptr && accepts(*found, setting.name);
}

std::string strategies_of(const StrategySetting& setting) {
    if (!setting.of.empty()) return std::string(setting.of);
    std::vector<std::string_view> names;
    for (const auto& strategy : strategies())
        if (accepts(strategy, setting.name)) names.push_back(strategy.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

bool is_needed(const StrategySetting& setting) {
    return std::ranges::any_of(strategies(), [&](const Strategy& strategy) {
        return strategy.needed_setting != nullptr && strategy.needed_setting->name == setting.name;
    });
}

std::vector<std::string> settings_for(std::string_view strategy) {
    std::vector<std::string> names;
    const auto* found = find_strategy(strategy);
    if (found == nullptr) return names;
    for (const auto* setting : found->settings)
        if (setting != nullptr) names.emplace_back(setting->name);
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
    const auto* needed = named_strategy(choice.name).needed_setting;
    if (needed != nullptr && !choice.settings.contains(needed->name))
        throw DataError(fmt::format("{} needs '{}'", choice.name, needed->name));
    auto normal = choice;
    normal.settings.clear();
    for (const auto& setting : all()) {
        auto value = value_of(options, setting);
        if (value != value_of({}, setting)) normal.settings.emplace(setting.name, std::move(value));
    }
    return normal;
}

StrategyChoice checked_for_job(const StrategyChoice& choice) {
    const auto& strategy = named_strategy(choice.name);
    if (strategy.needs_probabilities)
        throw DataError(
            fmt::format("{} needs the probabilities of all classes, which a job does not have; "
                        "choose another strategy",
                        choice.name));
    auto normal = checked(choice);
    check_goals(strategy, choice);
    return normal;
}

std::vector<std::string> named_scores(const StrategyChoice& choice) {
    std::set<std::string> names;
    for (const auto& goal : choice.goals) {
        if (goal.kind == Goal::Kind::weights) names.insert(goal.of);
        for (const auto& category : goal.categories) names.insert(category.score);
    }
    for (const auto& threshold : choice.thresholds) names.insert(threshold.of);
    return {names.begin(), names.end()};
}

bool needs_embeddings(const StrategyChoice& choice) {
    return named_strategy(choice.name).needs_embeddings ||
           std::ranges::any_of(choice.goals, needs_embeddings_for, &GoalChoice::kind);
}

bool needs_query(const StrategyChoice& choice) {
    const auto* strategy = find_strategy(choice.name);
    return (strategy != nullptr && strategy->needs_query) ||
           count_goals(choice, Goal::Kind::similarity) > 0;
}

}  // namespace trommel::selection
