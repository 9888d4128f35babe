#include "cli/select/select_goals.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/labels.hpp"
#include "trommel/selection/goal_choice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel::cli {
namespace {

using selection::Distribution;
using selection::Goal;

bool has_file(Goal::Kind kind) {
    return kind != Goal::Kind::diversity && kind != Goal::Kind::typicality;
}

/// What `parse` makes of the text; what is wrong with it is wrong with the option.
template <typename Parse>
auto parsed(const std::string& option, Parse parse) {
    try {
        return parse();
    } catch (const DataError& error) {
        throw ConfigError(fmt::format("{}: {}", option, error.what()));
    }
}

double number_of(std::string_view text, const std::string& option) {
    if (const auto number = parse_number(text)) return *number;
    throw ConfigError(fmt::format("{}: '{}' is not a number", option, text));
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
    const auto choice = parsed(option, [&] { return selection::parse_goal(text); });
    const auto& file = choice.of;
    if (has_file(choice.kind) == file.empty()) {
        const auto name = selection::to_string(choice.kind);
        throw ConfigError(file.empty() ? fmt::format("{}: of which file? {}=FILE", option, name)
                                       : fmt::format("{}: {} has no file", option, name));
    }
    Goal goal{.kind = choice.kind, .strength = choice.strength};
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
    const auto choice = parsed(option, [&] { return selection::parse_threshold(text, "FILE"); });
    thresholds_.push_back(choice.over(read_values(choice.of)));
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

std::vector<double> SelectGoals::ratios_of(const std::string& text, const Categories& categories) {
    const auto option = fmt::format("--target {}", text);
    std::vector<double> ratios(categories.names.size());
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        const auto is = part.rfind('=');
        const auto found = std::ranges::find(categories.names, part.substr(0, is));
        if (is == std::string_view::npos || found == categories.names.end())
            throw ConfigError(fmt::format(
                "{}: '{}' is not a CATEGORY=RATIO; write uniform, input, or ratios of {}",
                option,
                part,
                fmt::join(categories.names, ", ")));
        ratios[static_cast<std::size_t>(found - categories.names.begin())] =
            number_of(part.substr(is + 1), option);
    }
    return ratios;
}

}  // namespace trommel::cli
