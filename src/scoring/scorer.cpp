#include "trommel/scoring/scorer.hpp"

#include "trommel/scoring/score_type.hpp"

#include <algorithm>
#include <array>

namespace trommel::scoring {
namespace {

constexpr std::array<std::string_view, 4> task_names{
    "classification", "object-detection", "semantic-segmentation", "keypoint-detection"};

}  // namespace

std::string_view to_string(Task task) { return task_names.at(static_cast<std::size_t>(task)); }

std::optional<Task> find_task(std::string_view name) {
    const auto* const found = std::ranges::find(task_names, name);
    if (found == task_names.end()) return std::nullopt;
    return static_cast<Task>(found - task_names.begin());
}

std::vector<std::string> score_names(Task task) {
    std::vector<std::string> names;
    for (const auto& type : score_types())
        if (type.task() == task && type.is_lightlys) names.emplace_back(type.name);
    return names;
}

std::vector<std::string> all_score_names(Task task) {
    std::vector<std::string> names;
    for (const auto& type : score_types())
        if (type.task() == task) names.emplace_back(type.name);
    return names;
}

std::optional<std::string> find_score_name(Task task, std::string_view name) {
    const auto* const type = find_score_type(task, name);
    if (type == nullptr) return std::nullopt;
    return std::string(type->name);
}

std::string score_name(Task task, std::string_view name) {
    return std::string(score_type(task, name).name);
}

}  // namespace trommel::scoring
