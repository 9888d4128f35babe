#include "selection/kept_state.hpp"
#include "selection/parallel.hpp"
#include "selection/request.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel::selection {
namespace {

void check_strengths(const Objective& objective) {
    if (!std::isfinite(objective.score_strength) || !std::isfinite(objective.diversity_strength))
        throw DataError("a strength is not a number; give every objective a finite one");
    if (objective.diversity_strength > 0) return;
    throw DataError(fmt::format("the strength of diversity is {}; coral needs one above 0",
                                shortest(objective.diversity_strength)));
}

void check_products(const Request& request) {
    const auto& objective = request.objective;
    const bool divides = objective.score_strength < 0 && objective.combination != Combination::sum;
    for (const auto place : request.places) {
        const double score = request.pool.scores[place];
        if (score < 0)
            throw DataError(
                fmt::format("the score of sample {} is {}; coral multiplies scores "
                            "with distances, so they must not be negative",
                            request.sample(place),
                            shortest(score)));
        if (divides && score == 0)
            throw DataError(
                "a score is 0 and the strength of scores is negative, which would make a product "
                "infinite; give every sample a score above 0 or combine by 'sum'");
    }
}

/// Scores raised to `power` after a division by a power of two that brings the highest below 1, so
/// that no product overflows and the order of products is what it was.
std::vector<double> powers(const Request& request, double power) {
    const auto& scores = request.pool.scores;
    double most = 0;
    for (const auto place : request.places) most = std::max(most, scores[place]);
    int exponent = 0;
    std::frexp(most, &exponent);
    std::vector<double> result;
    result.reserve(request.places.size());
    for (const auto place : request.places) {
        const double score = std::ldexp(scores[place], -exponent);
        result.push_back(power == 2 ? score * score : std::pow(score, power));
    }
    return result;
}

std::vector<double> multiples(const Request& request, double factor) {
    std::vector<double> result;
    result.reserve(request.places.size());
    for (const auto place : request.places) result.push_back(factor * request.pool.scores[place]);
    return result;
}

/// The engine, set up for a request.
class Farthest {
public:
    Farthest(const Request& request, bool use_scores, Random& random)
        : request_(request),
          use_scores_(use_scores),
          random_(random),
          samples_(samples_of(request)),
          weights_(use_scores ? weights_of(request) : std::vector<double>{}),
          candidates_{request.rows, samples_},
          greedy_(
              candidates_, priority(), [this] { poll(); }, request.tuning) {}

    std::vector<Pick> run() {
        picks_ = first_picks(request_);
        if (request_.progress.state.empty()) {
            choose_those_before({});
            extend();
            return std::move(picks_);
        }
        KeptState kept(request_.progress.state, candidates_, [this] { poll(); });
        kept.restore(greedy_);
        choose_those_before(centers_of_state());
        extend();
        if (greedy_.centers().count() > 0) kept.save(greedy_);
        return std::move(picks_);
    }

private:
    void poll() const { selection::poll(request_, picks_.size()); }

    /// Ascending. Throws DataError where one is not chosen here.
    std::vector<SampleIndex> centers_of_state() const {
        std::vector<SampleIndex> centers;
        for (std::size_t c = 0; c < greedy_.centers().count(); ++c)
            centers.push_back(greedy_.centers().sample(c));
        for (const auto sample : centers) {
            if (std::ranges::binary_search(request_.pool.preselected, sample) ||
                std::ranges::count(picks_, sample, &Pick::sample) > 0)
                continue;
            throw DataError(fmt::format(
                "{} is the state of a selection that has chosen sample {}, which is not chosen "
                "here; remove it, and this round restarts",
                request_.progress.state.string(),
                sample));
        }
        std::ranges::sort(centers);
        return centers;
    }

    void choose_those_before(const std::vector<SampleIndex>& known) {
        const auto choose = [&](SampleIndex sample) {
            if (!std::ranges::binary_search(known, sample)) greedy_.choose(sample);
        };
        std::ranges::for_each(request_.pool.preselected, choose);
        for (const auto& pick : picks_) choose(pick.sample);
    }

    void extend() {
        if (picks_.size() == request_.picks) return;
        if (greedy_.centers().count() == 0) begin();
        const auto take_choice = [this](const Greedy::Choice& choice) { return take(choice); };
        if (!is_cumulative()) {
            greedy_.extend(request_.picks - picks_.size(), least(), take_choice);
            return;
        }
        // Every pick changes the sums, and with them who is better than whom.
        auto stopped = Stopped::enough;
        while (stopped == Stopped::enough && picks_.size() < request_.picks) {
            greedy_.set(priority());
            stopped = greedy_.extend(1, Priority::none, take_choice);
        }
    }

    static std::vector<SampleIndex> samples_of(const Request& request) {
        std::vector<SampleIndex> samples;
        samples.reserve(request.places.size());
        for (const auto place : request.places) samples.push_back(request.sample(place));
        return samples;
    }

    /// The product's order is that of squares, distance² times score^(2 strength of score /
    /// strength of distance): no root and no power is left in the loop.
    static std::vector<double> weights_of(const Request& request) {
        const auto& objective = request.objective;
        if (objective.combination == Combination::sum)
            return multiples(request, objective.score_strength);
        if (objective.combination == Combination::cumulative_product) return multiples(request, 1);
        return powers(request, 2 * objective.score_strength / objective.diversity_strength);
    }

    bool is_cumulative() const {
        return use_scores_ && request_.objective.combination == Combination::cumulative_product;
    }

    Priority priority() const {
        if (!use_scores_) return {};
        Priority result{.kind = Priority::Kind::product,
                        .weights = weights_,
                        .strength = request_.objective.diversity_strength,
                        .weight_strength = request_.objective.score_strength};
        if (request_.objective.combination == Combination::sum) result.kind = Priority::Kind::sum;
        if (!is_cumulative()) return result;
        result.kind = Priority::Kind::cumulative_product;
        for (const auto& pick : picks_) {
            result.distances_before += pick.distance.value_or(0);
            result.weights_before += pick.score.value_or(0);
        }
        return result;
    }

    /// Without scores the engine need not use what is surely nearer than min_distance.
    double least() const {
        if (!request_.keeps_distance()) return use_scores_ ? Priority::none : 0;
        if (use_scores_) return Priority::none;
        const double squared = request_.min_distance * request_.min_distance;
        return static_cast<double>(
            std::nextafter(static_cast<float>(squared * (1 - 0x1p-20)), 0.0F));
    }

    void begin() {
        const auto place = first_place();
        greedy_.choose(samples_[place]);
        greedy_.begin();
        Pick pick{.sample = samples_[place]};
        if (use_scores_) pick.score = request_.pool.scores[request_.places[place]];
        add(request_, picks_, pick);
    }

    std::size_t first_place() {
        if (use_scores_) return best_score();
        if (request_.objective.first_sample) return place_of(*request_.objective.first_sample);
        if (request_.objective.first == FirstPick::random) return random_.below(samples_.size());
        if (request_.objective.first == FirstPick::centroid) return nearest_to_mean();
        return 0;
    }

    std::size_t place_of(SampleIndex sample) const {
        const auto place = find_place(request_, sample);
        if (place) return *place;
        throw DataError(
            fmt::format("sample {} is to be picked first, but it is not to choose from", sample));
    }

    std::size_t best_score() const {
        const bool likes_low = request_.objective.score_strength < 0;
        const auto worth = [&](Place place) {
            const double score = request_.pool.scores[place];
            return likes_low ? -score : score;
        };
        const auto best = std::ranges::max_element(request_.places, {}, worth);
        return static_cast<std::size_t>(best - request_.places.begin());
    }

    std::size_t nearest_to_mean() const {
        const std::size_t dimensions = request_.rows.dimensions;
        const auto& kernels = *request_.tuning.kernels;
        std::vector<float> room(dimensions);
        std::vector<double> sums(dimensions);
        for (const auto sample : samples_) {
            poll();
            const float* row = single(request_.rows, sample, kernels, room.data());
            for (std::size_t j = 0; j < dimensions; ++j) sums[j] += static_cast<double>(row[j]);
        }
        std::vector<float> mean(dimensions);
        for (std::size_t j = 0; j < dimensions; ++j)
            mean[j] = static_cast<float>(sums[j] / static_cast<double>(samples_.size()));
        std::vector<float> squared(samples_.size());
        in_parallel(samples_.size(), 1024, [&](std::size_t begin, std::size_t end) {
            std::vector<float> widened(dimensions);
            for (std::size_t i = begin; i < end; ++i) {
                const float* row = single(request_.rows, samples_[i], kernels, widened.data());
                kernels.to_center(&row, 1, mean.data(), dimensions, &squared[i]);
            }
        });
        return static_cast<std::size_t>(std::ranges::min_element(squared) - squared.begin());
    }

    bool take(const Greedy::Choice& choice) {
        Pick pick{.sample = samples_[choice.place]};
        if (use_scores_) pick.score = request_.pool.scores[request_.places[choice.place]];
        pick.distance = distance(choice.squared, pick.sample, true);
        pick.nearest = greedy_.centers().sample(choice.nearest);
        if (is_too_near(request_, pick.distance)) return false;
        add(request_, picks_, pick);
        return true;
    }

    const Request& request_;
    bool use_scores_;
    Random& random_;
    std::vector<Pick> picks_{};  ///< so far
    std::vector<SampleIndex> samples_;
    std::vector<double> weights_;
    Candidates candidates_;
    Greedy greedy_;
};

}  // namespace

std::vector<Pick> pick_farthest(const Task& task, bool use_scores, const Tuning& tuning) {
    const auto request = checked_request(task, {.distance = true, .scores = use_scores}, tuning);
    if (use_scores) {
        check_strengths(request.objective);
        check_products(request);
    }
    if (request.picks == 0) return {};
    auto random = task.random;
    return Farthest(request, use_scores, random).run();
}

}  // namespace trommel::selection
