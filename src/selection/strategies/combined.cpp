// Goals multiplied. What does not change while picking is multiplied once; diversity of positive
// strength leaves the rest to the greedy engine, whose bounds only shrink.
#include "selection/greedy.hpp"
#include "selection/parallel.hpp"
#include "selection/strategies/balance.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

void check_weights(const Task& task, const Goal& goal) {
    if (goal.values.size() != task.pool.candidates.size()) {
        throw DataError(fmt::format(
            "weights need one value for each candidate: there are {} candidates and {} values",
            task.pool.candidates.size(),
            goal.values.size()));
    }
    for (std::size_t i = 0; i < goal.values.size(); ++i) {
        const double value = goal.values[i];
        if (std::isfinite(value) && (goal.strength < 0 ? value > 0 : value >= 0)) continue;
        throw DataError(
            fmt::format("the weight of sample {} is {}; weights are multiplied, so they must be "
                        "finite and {} 0",
                        task.pool.candidates[i],
                        shortest(value),
                        goal.strength < 0 ? "with a negative strength above" : "at least"));
    }
}

/// What becomes of the task's goals.
class Goals {
public:
    explicit Goals(const Task& task) : task_(task), fixed_(task.pool.candidates.size(), 1.0) {
        for (const auto& goal : task.options.goals) {
            poll(task);
            if (!std::isfinite(goal.strength))
                throw DataError("the strength of a goal is not a number; give a finite one");
            if (goal.strength != 0) add(goal);
        }
    }

    /// The exponent of the distance to the nearest chosen sample; 0 if there is none.
    double diversity() const { return diversity_; }
    bool changes() const { return !balances_.empty(); }
    bool has_fixed() const { return has_fixed_; }

    /// (candidates) the product of what does not change, up to a factor.
    std::span<const double> fixed() const { return fixed_; }

    /// All but diversity, as things stand.
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
                check_weights(task_, goal);
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
        if (values.empty()) return;
        int exponent = 0;
        std::frexp(strength > 0 ? std::ranges::max(values) : std::ranges::min(values), &exponent);
        for (std::size_t i = 0; i < values.size(); ++i)
            fixed_[i] *= power(std::ldexp(values[i], -exponent), strength);
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
        const auto open = open_places(task_);
        const auto means = mean_distance_to_nearest(task_, checked_rows(task_), open);
        double least = std::numeric_limits<double>::infinity();
        for (const double mean : means) least = mean > 0 ? std::min(least, mean) : least;
        std::vector<double> result(task_.pool.candidates.size(), 1.0);
        if (!std::isfinite(least)) return result;
        for (std::size_t i = 0; i < open.size(); ++i)
            result[open[i]] = least / std::max(means[i], least);
        return result;
    }

    const Task& task_;
    double diversity_ = 0;
    bool has_fixed_ = false;
    std::vector<double> fixed_;
    std::vector<Balanced> balances_{};
};

/// Where nothing changes but distances, and farther is better: CORESET or CORAL.
std::vector<Pick> pick_by_engine(const Task& task, const Goals& goals) {
    auto some = task;
    some.options.objective.combination = Combination::product;
    some.options.objective.diversity_strength = goals.diversity();
    some.options.objective.score_strength = 1;
    if (!goals.has_fixed()) return select_by_method(SamplingMethod::coreset, some);
    return with_scores_of_pool(
        task, goals.fixed(), [&](const Pool& pool, const Progress& progress) {
            some.pool = pool;
            some.progress = progress;
            return select_by_method(SamplingMethod::coral, some);
        });
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

}  // namespace

std::vector<Pick> select_combined(const Task& task) {
    if (task.options.goals.empty())
        throw DataError("combined multiplies goals, and there are none; give one or more");
    const auto needs_embeddings = [](const Goal& goal) {
        return goal.kind != Goal::Kind::weights && goal.kind != Goal::Kind::balance;
    };
    if (std::ranges::any_of(task.options.goals, needs_embeddings)) require_embeddings(task);
    Goals goals(task);
    if (!goals.changes() && goals.diversity() > 0) return pick_by_engine(task, goals);
    if (!goals.changes() && goals.diversity() == 0) return pick_by_worth(task, goals.fixed());
    const auto open = open_places(task);
    const auto count = wanted_picks(task, open.size());
    if (goals.diversity() > 0)
        return pick_these(task, Changing(task, checked_rows(task), goals, open).run(count));
    return pick_these(task, Plain(task, goals, open).run(count));
}

}  // namespace trommel::selection
