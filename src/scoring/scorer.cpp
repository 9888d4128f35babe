#include "trommel/scoring/scorer.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

namespace trommel::scoring {
namespace {

struct Name {
    Task task;
    std::string_view current;
    std::string_view alias{};  ///< the name before 1.1.7; empty if there was none
    bool is_default = true;    ///< one of Lightly's
};

constexpr auto extra = false;

constexpr std::array all_names{
    Name{Task::classification, "uncertainty_least_confidence", "prediction-margin"},
    Name{Task::classification, "uncertainty_margin"},
    Name{Task::classification, "uncertainty_entropy", "prediction-entropy"},
    Name{Task::classification, "uncertainty_ratio", "", extra},
    Name{Task::classification, "variation_ratio", "", extra},
    Name{Task::classification, "vote_entropy", "", extra},
    Name{Task::classification, "bald", "", extra},
    Name{Task::object_detection, "object_frequency", "object-frequency"},
    Name{Task::object_detection, "objectness_least_confidence", "prediction-margin"},
    Name{Task::object_detection, "uncertainty_least_confidence"},
    Name{Task::object_detection, "uncertainty_margin"},
    Name{Task::object_detection, "uncertainty_entropy"},
    Name{Task::object_detection, "uncertainty_ratio", "", extra},
    Name{Task::semantic_segmentation, "uncertainty_least_confidence"},
    Name{Task::semantic_segmentation, "uncertainty_margin"},
    Name{Task::semantic_segmentation, "uncertainty_entropy"},
    Name{Task::semantic_segmentation, "uncertainty_ratio", "", extra},
    Name{Task::keypoint_detection, "mean_uncertainty"},
};

constexpr std::array<std::string_view, 4> task_names{
    "classification", "object-detection", "semantic-segmentation", "keypoint-detection"};

/// The task's name for people.
std::string words(Task task) {
    std::string name(to_string(task));
    std::ranges::replace(name, '-', ' ');
    return name;
}

}  // namespace

std::string_view to_string(Task task) { return task_names.at(static_cast<std::size_t>(task)); }

std::optional<Task> find_task(std::string_view name) {
    const auto* const found = std::ranges::find(task_names, name);
    if (found == task_names.end()) return std::nullopt;
    return static_cast<Task>(found - task_names.begin());
}

std::vector<std::string> score_names(Task task) {
    std::vector<std::string> names;
    for (const auto& name : all_names)
        if (name.task == task && name.is_default) names.emplace_back(name.current);
    return names;
}

std::vector<std::string> all_score_names(Task task) {
    std::vector<std::string> names;
    for (const auto& name : all_names)
        if (name.task == task) names.emplace_back(name.current);
    return names;
}

std::optional<std::string> find_score_name(Task task, std::string_view name) {
    if (name.empty()) return std::nullopt;
    const auto found = std::ranges::find_if(all_names, [&](const Name& known) {
        return known.task == task && (known.current == name || known.alias == name);
    });
    if (found == all_names.end()) return std::nullopt;
    return std::string(found->current);
}

std::string score_name(Task task, std::string_view name) {
    if (auto found = find_score_name(task, name)) return *std::move(found);
    const auto known = all_score_names(task);
    const auto meant = closest(name, known);
    throw ConfigError(fmt::format("'{}' is not a score of {}{}; there are {}",
                                  name,
                                  words(task),
                                  meant ? fmt::format(" (did you mean '{}'?)", *meant) : "",
                                  fmt::join(known, ", ")));
}

}  // namespace trommel::scoring
