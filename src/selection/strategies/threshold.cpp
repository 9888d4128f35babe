#include "selection/strategies/threshold.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel::selection {
namespace {

void check(const Task& task, const Threshold& threshold) {
    const auto& candidates = task.pool.candidates;
    if (threshold.values.size() != candidates.size()) {
        throw DataError(
            fmt::format("a threshold needs one value for each candidate: there are {} "
                        "candidates and {} values",
                        candidates.size(),
                        threshold.values.size()));
    }
    if (std::isnan(threshold.least) || std::isnan(threshold.most))
        throw DataError("a threshold is not a number; give one, or none on that side");
    const auto bad =
        std::ranges::find_if(threshold.values, [](double value) { return std::isnan(value); });
    if (bad == threshold.values.end()) return;
    throw DataError(
        fmt::format("sample {} has no number to compare with a threshold; give every sample one",
                    candidates[static_cast<std::size_t>(bad - threshold.values.begin())]));
}

}  // namespace

bool is_within(const std::vector<Threshold>& thresholds, std::size_t place) {
    return std::ranges::all_of(thresholds, [&](const Threshold& threshold) {
        const double value = threshold.values[place];
        return value >= threshold.least && value <= threshold.most;
    });
}

Filtered::Filtered(const Task& task) : count_(task.pool.candidates.size()), task_(task) {
    for (const auto& threshold : task.options.thresholds) check(task, threshold);
    auto open = open_places(task);
    std::erase_if(open, [&](Place place) { return is_within(task.options.thresholds, place); });
    auto leaves = open.begin();  // what is chosen stays, wherever it is
    for (std::size_t i = 0; i < task.pool.candidates.size(); ++i) {
        if (leaves != open.end() && *leaves == i)
            ++leaves;
        else
            kept_.push_back(i);
    }
    poll(task);
    for (const auto place : kept_) candidates_.push_back(task.pool.candidates[place]);
    task_.options.thresholds.clear();
    task_.pool.candidates = candidates_;
    task_.pool.scores = keep(task.pool.scores);
    task_.pool.probabilities = keep(task.pool.probabilities);
    for (auto& goal : task_.options.goals) {
        goal.values = keep(goal.values);
        goal.distribution.shares = keep(goal.distribution.shares);
    }
}

std::span<const double> Filtered::keep(std::span<const double> values) {
    if (values.empty()) return {};
    check_count(values.size());
    poll(task_);
    auto& some = values_.emplace_back();
    for (const auto place : kept_) some.push_back(values[place]);
    return some;
}

const Probabilities* Filtered::keep(const Probabilities* rows) {
    if (rows == nullptr) return nullptr;
    check_count(rows->rows());
    auto& some = rows_.emplace_back(kept_.size(), rows->cols());
    for (std::size_t i = 0; i < kept_.size(); ++i) {
        if (i % 256 == 0) poll(task_);
        std::ranges::copy(rows->row(kept_[i]), some.row(i).begin());
    }
    return &some;
}

void Filtered::check_count(std::size_t values) const {
    if (values == count_) return;
    throw DataError(
        fmt::format("what goes with candidates must have one value for each, so that thresholds "
                    "can leave some out: there are {} candidates and {} values",
                    count_,
                    values));
}

}  // namespace trommel::selection
