#include "selection/strategies/balance.hpp"

#include "selection/shared.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trommel::selection {
namespace {

bool is_amount(double value) { return std::isfinite(value) && value >= 0; }

void check_shares(const Pool& pool, const Probabilities* shares) {
    if (shares == nullptr || shares->rows() != pool.candidates.size()) {
        throw DataError(
            fmt::format("balance needs the categories of each candidate: there are {} candidates "
                        "and {} rows of shares",
                        pool.candidates.size(),
                        shares == nullptr ? 0 : shares->rows()));
    }
}

void check_categories(std::string_view what, std::span<const double> values, std::size_t count) {
    if (values.size() != count) {
        throw DataError(fmt::format(
            "balance is over {} categories, but {} are given {}", count, what, values.size()));
    }
    for (const double value : values) {
        if (is_amount(value)) continue;
        throw DataError(fmt::format(
            "balance cannot use {} of {}; give a number of at least 0", what, shortest(value)));
    }
}

void check_amounts(std::span<const double> row, SampleIndex sample) {
    const bool is_finite = std::isfinite(std::accumulate(row.begin(), row.end(), 0.0));
    for (std::size_t c = 0; c < row.size(); ++c)
        if (!is_finite || !is_amount(row[c]))
            throw DataError(fmt::format(
                "sample {} has {} of category {}; balance needs finite numbers of at least 0",
                sample,
                shortest(row[c]),
                c));
}

}  // namespace

Balance::Balance(const Task& task, const Distribution& distribution) {
    check_shares(task.pool, distribution.shares);
    const auto categories = distribution.shares->cols();
    take(task, *distribution.shares);
    chosen_.assign(categories, 0);
    if (!distribution.before.empty()) {
        check_categories("amounts chosen before", distribution.before, categories);
        chosen_ = distribution.before;
    }
    aim(task, distribution);
    lack_.resize(categories);
    for (std::size_t c = 0; c < categories; ++c) lack_[c] = target_[c] / (chosen_[c] + 0.5);
    for (const auto sample : task.pool.preselected) {
        const auto place = std::ranges::lower_bound(task.pool.candidates, sample);
        if (place != task.pool.candidates.end() && *place == sample)
            choose(static_cast<Place>(place - task.pool.candidates.begin()));
    }
}

void Balance::take(const Task& task, const Probabilities& shares) {
    begins_.assign(1, 0);
    for (std::size_t i = 0; i < shares.rows(); ++i) {
        if (i % 256 == 0) poll(task);
        const auto row = shares.row(i);
        check_amounts(row, task.pool.candidates[i]);
        const double total = std::accumulate(row.begin(), row.end(), 0.0);
        for (std::size_t c = 0; c < row.size(); ++c)
            if (row[c] > 0)
                shares_.push_back({static_cast<std::uint32_t>(c), row[c], row[c] / total});
        begins_.push_back(shares_.size());
    }
}

void Balance::aim(const Task& task, const Distribution& distribution) {
    const auto categories = chosen_.size();
    target_.assign(categories, 1);
    if (distribution.target == Distribution::Target::given) {
        check_categories("ratios", distribution.ratios, categories);
        target_ = distribution.ratios;
    }
    if (distribution.target == Distribution::Target::input) {
        std::ranges::fill(target_, 0.0);
        for (const auto& share : shares_) target_[share.category] += share.amount;
    }
    double sum = 0;
    for (const double ratio : target_) sum += ratio;
    if (!(sum > 0)) {
        if (task.pool.candidates.empty()) return;
        throw DataError("balance has a target of zeros; give a category a ratio above 0");
    }
    for (double& ratio : target_) ratio /= sum;
}

void Balance::choose(Place place) {
    for (std::size_t e = begins_[place]; e < begins_[place + 1]; ++e) {
        const auto category = shares_[e].category;
        chosen_[category] += shares_[e].amount;
        lack_[category] = target_[category] / (chosen_[category] + 0.5);
    }
}

double Balance::operator()(Place place) const {
    double sum = 0;
    for (std::size_t e = begins_[place]; e < begins_[place + 1]; ++e)
        sum += shares_[e].part * lack_[shares_[e].category];
    return sum;
}

namespace {

/// The goals of kind balance alone: apportionment, ties to the lowest index.
std::vector<Pick> select_balance(const Task& task) {
    auto alone = task;
    std::erase_if(alone.options.goals,
                  [](const Goal& goal) { return goal.kind != Goal::Kind::balance; });
    if (alone.options.goals.empty())
        throw DataError("balance needs to know of what: give a goal of that kind");
    return rows::combined.select(alone);
}

std::size_t memory_of_balance(const StrategyOptions& options, const Extent& extent) {
    return rows::combined.memory(options, extent);
}

}  // namespace

constinit const Strategy rows::balance{
    .name = "balance",
    .summary = "greedily fills the gap between the chosen classes or categories and a target",
    .source = "Sainte-Lague's apportionment; Lightly's documentation, strategy balance",
    .needs_goals = true,
    .only_goal = Goal::Kind::balance,
    .memory = memory_of_balance,
    .select = select_balance,
};

}  // namespace trommel::selection
