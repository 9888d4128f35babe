#include "trommel/predictions/score_settings.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/predictions/score.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace trommel::predictions {
namespace {

using scoring::Combination;
using scoring::Task;

struct Setting {
    std::string_view name;
    std::string_view help;
    std::optional<Task> task{};  ///< none: of every task
    void (*set)(ScoreRules& rules, const std::string& value) = nullptr;
};

[[noreturn]] void refuse(std::string_view name, std::string_view value, std::string_view must) {
    throw ConfigError(fmt::format("{}={}: must be {}", name, value, must));
}

double number(std::string_view name, const std::string& value) {
    const auto number = parse_number(value);
    if (!number || !std::isfinite(*number)) refuse(name, value, "a number");
    return *number;
}

void set_on_invalid(ScoreRules& rules, const std::string& value) {
    if (value == "fail")
        rules.on_invalid = OnInvalid::fail;
    else if (value == "zero")
        rules.on_invalid = OnInvalid::zero;
    else if (value == "skip")
        rules.on_invalid = OnInvalid::skip;
    else
        refuse("on_invalid", value, "fail, zero or skip");
}

void set_reduce(ScoreRules& rules, const std::string& value) {
    for (const auto& [word, how] : reductions)
        if (value == word) {
            rules.detection.reduction.how = how;
            return;
        }
    refuse(reduce.name, value, "max, mean, sum or top_k");
}

void set_top_k(ScoreRules& rules, const std::string& value) {
    const double top = number("top_k", value);
    if (top < *top_k.min || top > *top_k.max || top != std::floor(top))
        refuse("top_k", value, "1 to 1000000");
    rules.detection.reduction.top = static_cast<std::size_t>(top);
}

Combination& combination(ScoreRules& rules) {
    if (!rules.combination) rules.combination.emplace();
    return *rules.combination;
}

void set_combine(ScoreRules& rules, const std::string& value) {
    if (value != "product" && value != "sum") refuse("combine", value, "product or sum");
    combination(rules).how = value == "sum" ? Combination::How::sum : Combination::How::product;
}

void set_weights(ScoreRules& rules, const std::string& value) {
    combination(rules).parts = scoring::parse_parts(value);
}

void set_uint16(ScoreRules& rules, const std::string& value) {
    if (value != "bfloat16") refuse("uint16", value, "bfloat16");
    rules.uint16 = dataset::Uint16::is_bfloat16;
}

const std::vector<Setting>& settings() {
    static const std::vector<Setting> all{
        {"on_invalid",
         "What to do with samples that are not probabilities: fail (default), zero (score 0) or "
         "skip.",
         {},
         set_on_invalid},
        {"combine",
         "product or sum of the scores in 'weights', as a column 'combined'.",
         {},
         set_combine},
        {"weights",
         "Scores to combine: name:weight,name:weight…; default: all scores, weight 1.",
         {},
         set_weights},
        {"uint16", "bfloat16: meaning of uint16 in arrays.", {}, set_uint16},
        {member.name,
         member.help,
         {},
         [](ScoreRules& rules, const std::string& value) { rules.member = value; }},
        {prediction_task.name,
         prediction_task.help,
         {},
         [](ScoreRules& rules, const std::string& value) { rules.prediction_task = value; }},
        {frequency_penalty.name,
         frequency_penalty.help,
         Task::object_detection,
         [](ScoreRules& rules, const std::string& value) {
             rules.detection.frequency_penalty = number(frequency_penalty.name, value);
         }},
        {min_score.name,
         min_score.help,
         Task::object_detection,
         [](ScoreRules& rules, const std::string& value) {
             rules.detection.min_score = number(min_score.name, value);
         }},
        {reduce.name, reduce.help, Task::object_detection, set_reduce},
        {top_k.name, top_k.help, Task::object_detection, set_top_k}};
    return all;
}

void set(ScoreRules& rules, const std::string& name, const std::string& value) {
    std::vector<std::string> known;
    for (const auto& setting : settings()) {
        if (setting.task && *setting.task != rules.task) continue;
        if (setting.name == name) return setting.set(rules, value);
        known.emplace_back(setting.name);
    }
    const auto meant = closest(name, known);
    throw ConfigError(fmt::format("'{}' is not a setting of {}{}; available: {}",
                                  name,
                                  scoring::to_string(rules.task),
                                  meant ? fmt::format(" (did you mean '{}'?)", *meant) : "",
                                  fmt::join(known, ", ")));
}

}  // namespace

ScoreRules::ScoreRules(Task of,
                       const std::vector<std::string>& scores,
                       const std::vector<std::pair<std::string, std::string>>& config)
    : task(of) {
    const auto& asked = scores.empty() ? scoring::score_names(task) : scores;
    for (const auto& name : asked) {
        auto current = scoring::score_name(task, name);
        if (std::ranges::find(names, current) != names.end())
            throw ConfigError(fmt::format("score '{}' is asked for twice", current));
        names.push_back(std::move(current));
    }
    for (const auto& [name, value] : config) set(*this, name, value);
    scoring::check(detection);
    if (!combination) return;
    if (combination->parts.empty())
        for (const auto& name : names) combination->parts.push_back({.score = name, .weight = 1});
    for (auto& part : combination->parts) {
        part.score = scoring::score_name(task, part.score);
        if (std::ranges::find(names, part.score) == names.end())
            throw ConfigError(fmt::format(
                "'{}' is combined and not computed; add --score {}", part.score, part.score));
    }
}

std::vector<std::pair<std::string, std::string>> score_settings(scoring::Task task) {
    std::vector<std::pair<std::string, std::string>> result;
    for (const auto& setting : settings())
        if (!setting.task || *setting.task == task) result.emplace_back(setting.name, setting.help);
    return result;
}

}  // namespace trommel::predictions
