#include "cli/commands/select_goals.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace trommel::cli {
namespace {

using selection::Distribution;
using selection::Goal;

struct GoalName {
    std::string_view name;
    Goal::Kind kind;
    bool has_file;
};

constexpr std::array goal_names{GoalName{"diversity", Goal::Kind::diversity, false},
                                GoalName{"weights", Goal::Kind::weights, true},
                                GoalName{"similarity", Goal::Kind::similarity, true},
                                GoalName{"typicality", Goal::Kind::typicality, false},
                                GoalName{"balance", Goal::Kind::balance, true}};

double number_of(std::string_view text, const std::string& option) {
    if (const auto number = parse_number(text)) return *number;
    throw ConfigError(fmt::format("{}: '{}' is no number", option, text));
}

const GoalName& goal_named(std::string_view name, const std::string& option) {
    const auto* found = std::ranges::find(goal_names, name, &GoalName::name);
    if (found != goal_names.end()) return *found;
    std::vector<std::string> names;
    for (const auto& goal : goal_names) names.emplace_back(goal.name);
    throw ConfigError(fmt::format(
        "{}: there is no goal '{}'; there are {}", option, name, fmt::join(names, ", ")));
}

/// `FILE:COLUMN`, or a file alone.
std::pair<std::string, std::string> column_of(const std::string& file) {
    const auto colon = file.rfind(':');
    if (colon == std::string::npos || !file.substr(0, colon).ends_with(".csv")) return {file, ""};
    return {file.substr(0, colon), file.substr(colon + 1)};
}

}  // namespace

void SelectGoals::add_goal(const std::string& text) {
    const auto option = fmt::format("--goal {}", text);
    const auto hat = text.rfind('^');
    const auto what = text.substr(0, hat);
    const auto is = what.find('=');
    const auto file = is == std::string::npos ? std::string() : what.substr(is + 1);
    const auto& known = goal_named(what.substr(0, is), option);
    if (known.has_file == file.empty())
        throw ConfigError(known.has_file
                              ? fmt::format("{}: of which file? {}=FILE", option, known.name)
                              : fmt::format("{}: {} has no file", option, known.name));
    Goal goal{.kind = known.kind};
    if (hat != std::string::npos) goal.strength = number_of(text.substr(hat + 1), option);
    if (goal.kind == Goal::Kind::weights) goal.values = read_values(file);
    if (goal.kind == Goal::Kind::similarity)
        goal.query = queries_.emplace_back(read_samples(file, embeddings_));
    if (goal.kind == Goal::Kind::balance)
        goal.distribution.shares = &categories_.emplace_back(read_categories(file)).shares;
    goals_.push_back(std::move(goal));
}

void SelectGoals::set_target(const std::string& text) {
    if (categories_.empty())
        throw ConfigError(fmt::format("--target {}: it is for --goal balance=FILE", text));
    auto categories = categories_.begin();
    for (auto& goal : goals_) {
        if (goal.kind != Goal::Kind::balance) continue;
        if (text == "input") goal.distribution.target = Distribution::Target::input;
        if (text == "input" || text == "uniform") continue;
        goal.distribution.target = Distribution::Target::given;
        goal.distribution.ratios = ratios_of(text, *categories++);
    }
}

void SelectGoals::add_threshold(const std::string& text) {
    const auto option = fmt::format("--threshold {}", text);
    const auto sign = text.find_first_of("<>");
    if (sign == std::string::npos || text[std::min(sign + 1, text.size() - 1)] != '=')
        throw ConfigError(fmt::format("{}: write FILE>=NUMBER or FILE<=NUMBER", option));
    selection::Threshold threshold{.values = read_values(text.substr(0, sign))};
    auto& end = text[sign] == '<' ? threshold.most : threshold.least;
    end = number_of(text.substr(sign + 2), option);
    thresholds_.push_back(threshold);
}

std::span<const double> SelectGoals::read_values(const std::string& file) {
    const auto [path, column] = column_of(file);
    return values_.emplace_back(read_scores(path, column, embeddings_));
}

SelectGoals::Categories SelectGoals::read_categories(const std::string& file) const {
    if (!file.ends_with(".npy")) return read_labelled(file);
    Categories categories{.shares = read_probabilities(file, embeddings_)};
    for (std::size_t i = 0; i < categories.shares.cols(); ++i)
        categories.names.push_back(std::to_string(i));
    return categories;
}

SelectGoals::Categories SelectGoals::read_labelled(const std::string& file) const {
    const auto table = dataset::read_labels(file);
    const auto rows = embeddings_.rows().count;
    Categories categories{.names = table.class_names,
                          .shares = Probabilities(rows, table.class_names.size())};
    for (SampleIndex i = 0; i < rows; ++i) {
        const auto name = embeddings_.name(i);
        const auto* label = table.find(name);
        if (label == nullptr)
            throw DataError(fmt::format("{}: sample '{}' has no label", file, name));
        categories.shares(i, label->class_index) = 1;
    }
    return categories;
}

std::vector<double> SelectGoals::ratios_of(const std::string& text,
                                           const Categories& categories) const {
    const auto option = fmt::format("--target {}", text);
    std::vector<double> ratios(categories.names.size());
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        const auto is = part.rfind('=');
        const auto found = std::ranges::find(categories.names, part.substr(0, is));
        if (is == std::string_view::npos || found == categories.names.end())
            throw ConfigError(
                fmt::format("{}: '{}' is no CATEGORY=RATIO; write uniform, input, or ratios of {}",
                            option,
                            part,
                            fmt::join(categories.names, ", ")));
        ratios[static_cast<std::size_t>(found - categories.names.begin())] =
            number_of(part.substr(is + 1), option);
    }
    return ratios;
}

}  // namespace trommel::cli
