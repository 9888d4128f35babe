// Goals multiplied. What does not change while picking is multiplied once; diversity of positive
// strength leaves the rest to the greedy engine, whose bounds only shrink.
#include "selection/parallel.hpp"
#include "selection/request.hpp"
#include "selection/shared.hpp"
#include "selection/strategies/balance.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/selection/goal_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>

namespace trommel::selection {
namespace {

constexpr std::size_t candidates_at_once = 1024;

double power(double value, double exponent) {
    if (exponent == 1) return value;
    return exponent == 2 ? value * value : std::pow(value, exponent);
}

/// A product in which 0 wins over infinity.
double product(double a, double b) {
    const double result = a * b;
    return std::isnan(result) ? 0 : result;
}

void check_weights(const Task& task, const Goal& goal, std::span<const Place> open) {
    if (goal.values.size() != task.pool.candidates.size()) {
        throw DataError(fmt::format(
            "weights need one value for each candidate: there are {} candidates and {} values",
            task.pool.candidates.size(),
            goal.values.size()));
    }
    for (const auto place : open) {
        const double value = goal.values[place];
        if (std::isfinite(value) && (goal.strength < 0 ? value > 0 : value >= 0)) continue;
        throw DataError(
            fmt::format("the weight of sample {} is {}; weights are multiplied, so they must be "
                        "finite and {} 0",
                        task.pool.candidates[place],
                        shortest(value),
                        goal.strength < 0 ? "with a negative strength above" : "at least"));
    }
}

/// What becomes of the task's goals.
class Goals {
public:
    explicit Goals(const Task& task)
        : task_(task), open_(open_places(task)), fixed_(task.pool.candidates.size(), 1.0) {
        for (const auto& goal : task.options.goals) {
            poll(task);
            if (!std::isfinite(goal.strength))
                throw DataError("the strength of a goal is not a number; give a finite one");
            if (goal.strength != 0) add(goal);
        }
    }

    /// The exponent of the distance to the nearest chosen sample; 0 if there is none.
    double diversity() const { return diversity_; }
    const std::vector<Place>& open() const { return open_; }
    bool changes() const { return !balances_.empty(); }
    bool has_fixed() const { return has_fixed_; }

    /// (candidates) the product of what does not change, up to a factor.
    std::span<const double> fixed() const { return fixed_; }

    /// All but diversity, as things appear.
    double worth(Place place) const {
        double result = fixed_[place];
        for (const auto& [balance, strength] : balances_)
            result = product(result, power(balance(place), strength));
        return result;
    }

    void choose(Place place) {
        for (auto& balanced : balances_) balanced.balance.choose(place);
    }

private:
    struct Balanced {
        Balance balance;
        double strength;
    };

    void add(const Goal& goal) {
        switch (goal.kind) {
            case Goal::Kind::diversity:
                if (diversity_ != 0)
                    throw DataError("diversity is a goal twice; give one, with a strength");
                diversity_ = goal.strength;
                return;
            case Goal::Kind::balance:
                balances_.push_back({Balance(task_, goal.distribution), goal.strength});
                return;
            case Goal::Kind::weights:
                check_weights(task_, goal, open_);
                return multiply(goal.values, goal.strength);
            case Goal::Kind::similarity:
                return multiply(similarities(goal), goal.strength);
            case Goal::Kind::typicality:
                return multiply(typicalities(), goal.strength);
        }
    }

    /// Values are divided by a power of two near the one that counts most, so that products stay in
    /// range and their order is what it was.
    void multiply(std::span<const double> values, double strength) {
        has_fixed_ = true;
        if (open_.empty()) return;
        const auto value = [&](Place place) { return values[place]; };
        int exponent = 0;
        std::frexp(strength > 0 ? std::ranges::max(open_ | std::views::transform(value))
                                : std::ranges::min(open_ | std::views::transform(value)),
                   &exponent);
        for (const auto place : open_)
            fixed_[place] *= power(std::ldexp(values[place], -exponent), strength);
    }

    std::vector<double> similarities(const Goal& goal) const {
        auto asked = task_;
        asked.options.query = goal.query;
        auto result = cosines_to_query(asked, checked_rows(asked));
        constexpr double least = 1e-9;  // for negative strengths
        for (double& cosine : result) cosine = std::max(least, (1 + cosine) / 2);
        return result;
    }

    std::vector<double> typicalities() const {
        const auto means = mean_distance_to_nearest(task_, checked_rows(task_), open_);
        double least = std::numeric_limits<double>::infinity();
        for (const double mean : means) least = mean > 0 ? std::min(least, mean) : least;
        std::vector<double> result(task_.pool.candidates.size(), 1.0);
        if (!std::isfinite(least)) return result;
        for (std::size_t i = 0; i < open_.size(); ++i)
            result[open_[i]] = least / std::max(means[i], least);
        return result;
    }

    const Task& task_;
    std::vector<Place> open_;
    double diversity_ = 0;
    bool has_fixed_ = false;
    std::vector<double> fixed_;
    std::vector<Balanced> balances_{};
};

/// Where nothing changes but distances, and farther is better.
std::vector<Pick> pick_by_engine(const Task& task, const Goals& goals) {
    auto some = task;
    some.options.objective.combination = Combination::product;
    some.options.objective.diversity_strength = goals.diversity();
    some.options.objective.score_strength = 1;
    if (!goals.has_fixed()) return pick_farthest(some, false);
    return with_scores_of_pool(
        some, goals.fixed(), [](const Task& weighed) { return pick_farthest(weighed, true); });
}

/// Where farther is better and what else counts changes with every pick.
class Changing {
public:
    Changing(const Task& task, const Rows& rows, Goals& goals, std::span<const Place> open)
        : task_(task),
          goals_(goals),
          open_(open),
          samples_(samples_at(task, open)),
          weights_(open.size()),
          greedy_(
              {rows, samples_},
              {.kind = Priority::Kind::product, .weights = weights_},
              [this] { poll(task_); },
              Tuning{}) {
        for (const auto sample : task.pool.preselected) greedy_.choose(sample);
    }

    std::vector<Place> run(std::size_t count) {
        while (places_.size() < count) {
            weigh();
            if (greedy_.centers().count() == 0)
                take_first();
            else
                take_farthest();
        }
        return std::move(places_);
    }

private:
    void take_first() {
        const auto best = std::ranges::max_element(weights_) - weights_.begin();
        greedy_.choose(samples_[static_cast<std::size_t>(best)]);
        take(static_cast<Place>(best));
    }

    void take_farthest() {
        greedy_.extend(1, Priority::none, [this](const Greedy::Choice& choice) {
            take(choice.place);
            return true;
        });
    }

    /// The engine compares squared distances, so the rest is raised to the same power.
    void weigh() {
        in_parallel(open_.size(), candidates_at_once, [this](std::size_t begin, std::size_t end) {
            poll(task_);
            for (std::size_t i = begin; i < end; ++i)
                weights_[i] = power(goals_.worth(open_[i]), 2 / goals_.diversity());
        });
    }

    void take(Place place) {
        goals_.choose(open_[place]);
        places_.push_back(open_[place]);
    }

    const Task& task_;
    Goals& goals_;
    std::span<const Place> open_;
    std::vector<SampleIndex> samples_;
    std::vector<double> weights_;
    Greedy greedy_;
    std::vector<Place> places_{};
};

/// Where no distance counts, or the nearest are the best, which no bound that shrinks can tell: one
/// pass over all a pick.
class Plain {
public:
    Plain(const Task& task, Goals& goals, std::span<const Place> open)
        : task_(task),
          goals_(goals),
          open_(open),
          squared_(open.size(), std::numeric_limits<float>::infinity()),
          worth_(open.size()),
          is_taken_(open.size()) {
        if (goals.diversity() == 0) return;
        rows_ = checked_rows(task);
        for (const auto sample : task.pool.preselected) approach(sample);
    }

    std::vector<Place> run(std::size_t count) {
        std::vector<Place> places;
        while (places.size() < count) {
            const auto best = first_best();
            is_taken_[best] = 1;
            places.push_back(open_[best]);
            goals_.choose(places.back());
            if (goals_.diversity() != 0) approach(task_.pool.candidates[places.back()]);
        }
        return places;
    }

private:
    void approach(SampleIndex chosen) {
        any_chosen_ = true;
        std::vector<float> room(rows_.dimensions);
        const float* center = single(rows_, chosen, kernels(), room.data());
        in_parallel(open_.size(), candidates_at_once, [&](std::size_t begin, std::size_t end) {
            poll(task_);
            std::vector<float> widened(rows_.dimensions);
            for (std::size_t i = begin; i < end; ++i) {
                const auto sample = task_.pool.candidates[open_[i]];
                const float* row = single(rows_, sample, kernels(), widened.data());
                float squared = 0;
                kernels().stream(row, 0, 1, center, rows_.dimensions, &squared);
                squared_[i] = std::min(squared_[i], squared);
            }
        });
    }

    std::size_t first_best() {
        in_parallel(open_.size(), candidates_at_once, [this](std::size_t begin, std::size_t end) {
            poll(task_);
            for (std::size_t i = begin; i < end; ++i) worth_[i] = is_taken_[i] != 0 ? -1 : worth(i);
        });
        return static_cast<std::size_t>(std::ranges::max_element(worth_) - worth_.begin());
    }

    double worth(std::size_t i) const {
        const double rest = goals_.worth(open_[i]);
        if (!any_chosen_) return rest;
        return product(rest,
                       power(std::sqrt(static_cast<double>(squared_[i])), goals_.diversity()));
    }

    const Task& task_;
    Goals& goals_;
    std::span<const Place> open_;
    Rows rows_{};
    bool any_chosen_ = false;
    std::vector<float> squared_;
    std::vector<double> worth_;
    std::vector<char> is_taken_;
};

/// Greedily the candidate of highest product of the goals^strength, all of them; of equals the
/// first. While nothing is chosen diversity is the same for all. What only changes by distances
/// that grow in worth uses the lazy engine; negative strengths of diversity by one pass a pick;
/// balance by one use all candidates a pick. Lightly's documentation, strategy scores.
std::vector<Pick> select_combined(const Task& task) {
    if (task.options.goals.empty())
        throw DataError("combined multiplies goals, and there are none; give one or more");
    if (std::ranges::any_of(task.options.goals, needs_embeddings_for, &Goal::kind))
        require_embeddings(task);
    Goals goals(task);
    if (!goals.changes() && goals.diversity() > 0) return pick_by_engine(task, goals);
    if (!goals.changes() && goals.diversity() == 0) return pick_by_worth(task, goals.fixed());
    const auto& open = goals.open();
    const auto count = wanted_picks(task, open.size());
    if (goals.diversity() > 0)
        return pick_these(task, Changing(task, checked_rows(task), goals, open).run(count));
    return pick_these(task, Plain(task, goals, open).run(count));
}

bool has_goal(const StrategyOptions& options, Goal::Kind kind) {
    return std::ranges::count(options.goals, kind, &Goal::kind) > 0;
}

std::size_t memory_of_combined(const StrategyOptions& options, const Extent& extent) {
    std::size_t bytes = 5 * memory::a_number * extent.candidates;
    // Each kind of goal leaves nothing behind but its factor; shares stay.
    std::size_t most = 0;
    if (has_goal(options, Goal::Kind::similarity)) most = memory::directions(extent);
    if (has_goal(options, Goal::Kind::typicality))
        most = std::max(most,
                        memory::nearest_neighbors(options, extent, extent.candidates) +
                            2 * memory::a_number * extent.candidates);
    constexpr std::size_t a_share = 24;
    if (has_goal(options, Goal::Kind::balance))
        bytes +=
            extent.candidates * memory::growing * (memory::a_number + a_share * extent.classes);
    if (has_goal(options, Goal::Kind::diversity)) bytes += memory::greedy(options, extent);
    return bytes + most + memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::combined{
    .name = "combined",
    .summary = "greedily the highest product of goals, each raised to its strength",
    .source = "Lightly's documentation, strategy scores",
    .needs_goals = true,
    .settings = {&settings::neighbors, &settings::search, &settings::probes, &settings::metric},
    .memory = memory_of_combined,
    .select = select_combined,
};

}  // namespace trommel::selection
