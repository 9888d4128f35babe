#include "trommel/scoring/score_type.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace trommel::scoring {

// Each is in scorers/, in a file called as it is; one file has the rows of all its tasks.
std::vector<ScoreType> object_frequency_score();
std::vector<ScoreType> objectness_score();
std::vector<ScoreType> least_confidence_score();
std::vector<ScoreType> margin_score();
std::vector<ScoreType> entropy_score();
std::vector<ScoreType> ratio_score();
std::vector<ScoreType> variation_ratio_score();
std::vector<ScoreType> vote_entropy_score();
std::vector<ScoreType> bald_score();
std::vector<ScoreType> mean_uncertainty_score();

namespace {

std::vector<ScoreType> joined(std::initializer_list<std::vector<ScoreType>> all) {
    std::vector<ScoreType> joined;
    for (const auto& some : all) std::ranges::copy(some, std::back_inserter(joined));
    return joined;
}

/// The task's name for people.
std::string words(Task task) {
    std::string name(to_string(task));
    std::ranges::replace(name, '-', ' ');
    return name;
}

}  // namespace

std::vector<ScoreType> of_rows(ScoreType of_classes) {
    const auto score = std::get<OfClasses>(of_classes.kernel).score;
    std::vector<ScoreType> rows(3, std::move(of_classes));
    rows[1].alias = rows[2].alias = {};
    rows[1].kernel = OfBoxes{score};
    rows[2].kernel = OfPixels{score};
    return rows;
}

std::span<const ScoreType> score_types() {
    static const auto all = joined({object_frequency_score(),
                                    objectness_score(),
                                    least_confidence_score(),
                                    margin_score(),
                                    entropy_score(),
                                    ratio_score(),
                                    variation_ratio_score(),
                                    vote_entropy_score(),
                                    bald_score(),
                                    mean_uncertainty_score()});
    return all;
}

Task ScoreType::task() const {
    struct TaskOf {
        Task operator()(const OfCommittee&) const { return Task::classification; }
        Task operator()(const OfClasses&) const { return Task::classification; }
        Task operator()(const OfBoxes&) const { return Task::object_detection; }
        Task operator()(const OfDetections&) const { return Task::object_detection; }
        Task operator()(const OfAllDetections&) const { return Task::object_detection; }
        Task operator()(const OfPixels&) const { return Task::semantic_segmentation; }
        Task operator()(const OfKeypoints&) const { return Task::keypoint_detection; }
    };
    return std::visit(TaskOf(), kernel);
}

const ScoreType* find_score_type(Task task, std::string_view name) {
    if (name.empty()) return nullptr;
    const auto found = std::ranges::find_if(score_types(), [&](const ScoreType& type) {
        return type.task() == task && (type.name == name || type.alias == name);
    });
    return found == score_types().end() ? nullptr : &*found;
}

const ScoreType& score_type(Task task, std::string_view name) {
    if (const auto* const found = find_score_type(task, name)) return *found;
    const auto known = all_score_names(task);
    const auto meant = closest(name, known);
    throw ConfigError(fmt::format("'{}' is not a score of {}{}; available: {}",
                                  name,
                                  words(task),
                                  meant ? fmt::format(" (did you mean '{}'?)", *meant) : "",
                                  fmt::join(known, ", ")));
}

}  // namespace trommel::scoring
