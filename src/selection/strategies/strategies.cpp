#include "selection/parallel.hpp"
#include "selection/request.hpp"
#include "selection/strategies/normalised.hpp"
#include "selection/strategies/threshold.hpp"
#include "selection/strategy_rows.hpp"
#include "selection/suggest.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trommel::selection {
namespace {

/// Softmaxes in half precision sum to 1 about as well.
constexpr double most_probability_error = 1e-2;

void check_probabilities(std::span<const double> row, SampleIndex sample) {
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    if (std::ranges::all_of(row, [](double p) { return p >= 0; }) &&
        std::abs(sum - 1) <= most_probability_error)
        return;
    throw DataError(
        fmt::format("the probabilities of sample {} are not: they must be at least 0 and sum "
                    "to 1, and their sum is {}",
                    sample,
                    shortest(sum)));
}

void check_probabilities(std::string_view strategy, const Task& task) {
    const auto& pool = task.pool;
    if (pool.probabilities == nullptr || pool.probabilities->rows() != pool.candidates.size()) {
        throw DataError(fmt::format(
            "{} needs the probabilities of the classes for each candidate: there are {} candidates "
            "and {} rows of probabilities",
            strategy,
            pool.candidates.size(),
            pool.probabilities == nullptr ? 0 : pool.probabilities->rows()));
    }
    if (pool.probabilities->cols() < 2 && !pool.candidates.empty()) {
        throw DataError(
            fmt::format("{} needs the probabilities of two classes or more; where there is one "
                        "number p, give p and 1 - p",
                        strategy));
    }
    for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
        if (i % 1024 == 0) poll(task);
        check_probabilities(pool.probabilities->row(i), pool.candidates[i]);
    }
}

void check(const Strategy& strategy, const Task& task) {
    const bool keeps_distance = task.stop.min_distance > 0;
    const bool has_embeddings = task.pool.embeddings != nullptr || task.pool.rows;
    if ((strategy.needs_embeddings || keeps_distance) && !has_embeddings) {
        throw DataError(
            fmt::format("{}{} needs embeddings, and there are none; give the samples "
                        "embeddings or choose another strategy",
                        strategy.name,
                        strategy.needs_embeddings ? "" : " with min_distance"));
    }
    if (strategy.needs_scores && task.pool.scores.size() != task.pool.candidates.size()) {
        throw DataError(fmt::format(
            "{} needs one score for each candidate: there are {} candidates and {} scores",
            strategy.name,
            task.pool.candidates.size(),
            task.pool.scores.size()));
    }
    if (strategy.needs_probabilities) check_probabilities(strategy.name, task);
    const bool has_number = task.stop.picks || task.stop.proportion;
    if (const auto missing = missing_number(strategy, has_number); !missing.empty())
        throw DataError(missing);
}

}  // namespace

std::span<const Strategy> strategies() {
    static const auto all = [] {
        std::vector<Strategy> table;
        for (const auto* row : rows::all) table.push_back(*row);
        return table;
    }();
    return all;
}

const Strategy* find_strategy(std::string_view name) {
    const auto all = strategies();
    const auto found = std::ranges::find(all, name, &Strategy::name);
    return found == all.end() ? nullptr : &*found;
}

const Strategy& named_strategy(std::string_view name) {
    if (const auto* strategy = find_strategy(name)) return *strategy;
    std::vector<std::string> names;
    for (const auto& strategy : strategies()) names.emplace_back(strategy.name);
    throw DataError(fmt::format("there is no strategy '{}'; {}", name, meant_or_all(name, names)));
}

namespace {

std::vector<Pick> select_by_metric(const Strategy& strategy, const Task& task) {
    const bool has_embeddings = task.pool.embeddings != nullptr || task.pool.rows;
    if (task.options.metric == Metric::euclidean || !has_embeddings) return strategy.select(task);
    return strategy.select(Normalised(task).task());
}

std::vector<Pick> select_within_thresholds(const Strategy& strategy, const Task& task) {
    if (task.options.thresholds.empty()) return select_by_metric(strategy, task);
    return select_by_metric(strategy, Filtered(task).task());
}

}  // namespace

std::vector<Pick> select(const Strategy& strategy, const Task& task) {
    check(strategy, task);
    auto bounded = task;
    if (task.stop.proportion) {
        bounded.stop.picks = most_picks(task.stop, open_places(task).size());
        bounded.stop.proportion.reset();
    }
    std::vector<Pick> picks;
    with_threads(task.options.threads,
                 [&] { picks = select_within_thresholds(strategy, bounded); });
    return picks;
}

StopReason stop_reason_of(const Task& task, std::size_t picks) {
    const auto open = open_places(task);
    auto wanted = task.stop.picks;
    if (task.stop.proportion) {
        const auto share = most_picks({.proportion = task.stop.proportion}, open.size());
        wanted = std::min(share, wanted.value_or(share));
    }
    const auto within = static_cast<std::size_t>(std::ranges::count_if(
        open, [&](Place place) { return is_within(task.options.thresholds, place); }));
    return stop_reason_of(picks, open.size(), within, wanted, task.stop.min_distance);
}

std::string missing_number(const Strategy& strategy, bool has_number) {
    if (has_number || !strategy.needs_number) return {};
    return fmt::format(
        "{} divides the candidates by the number of samples to choose, so a "
        "distance to stop at is not enough: give that number",
        strategy.name);
}

}  // namespace trommel::selection
