#include "trommel/selection/select.hpp"

#include "selection/methods.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

namespace trommel::selection {
namespace {

[[maybe_unused]] bool is_ascending(std::span<const SampleIndex> samples) {
    return std::ranges::adjacent_find(samples, std::greater_equal{}) == samples.end();
}

void check_min_distance(double min_distance) {
    if (std::isfinite(min_distance)) return;
    throw DataError(fmt::format("min_distance is {}; give a number, or a negative one for none",
                                shortest(min_distance)));
}

void check_score(SamplingMethod method, SampleIndex sample, double score) {
    if (!std::isfinite(score)) {
        throw DataError(
            fmt::format("the score of sample {} is {}; every score must be a finite number",
                        sample,
                        shortest(score)));
    }
    if (method == SamplingMethod::coral && score < 0) {
        throw DataError(
            fmt::format("the score of sample {} is {}; CORAL multiplies scores with distances, so "
                        "they must not "
                        "be negative",
                        sample,
                        shortest(score)));
    }
}

void check_scores(SamplingMethod method, const Request& request) {
    const auto& pool = request.pool;
    if (pool.scores.size() != pool.candidates.size()) {
        throw DataError(fmt::format(
            "{} needs one score for each candidate: there are {} candidates and {} scores",
            to_string(method),
            pool.candidates.size(),
            pool.scores.size()));
    }
    for (std::size_t i = 0; i < pool.scores.size(); ++i) {
        poll(request, 0);
        check_score(method, pool.candidates[i], pool.scores[i]);
    }
}

/// Samples ascend, so the last tells of all.
void check_embeddings_of(std::span<const SampleIndex> samples, const Request& request) {
    if (samples.empty() || samples.back() < request.rows.count) return;
    throw DataError(fmt::format(
        "sample {} has no embedding: there are {}, counted from 0; give every sample one",
        *std::ranges::lower_bound(samples, request.rows.count),
        request.rows.count));
}

void check_embeddings(SamplingMethod method, const Request& request) {
    const auto& pool = request.pool;
    if (request.rows.data == nullptr && !pool.rows && pool.embeddings == nullptr) {
        throw DataError(
            fmt::format("{}{} needs embeddings, and there are none; give the samples "
                        "embeddings or choose another method",
                        to_string(method),
                        uses_embeddings(method) ? "" : " with min_distance"));
    }
    check_embeddings_of(pool.candidates, request);
    check_embeddings_of(pool.preselected, request);
}

/// Where nothing else looks at every row: the greedy engine does when it begins.
void check_finite(const Request& request) {
    const std::size_t dimensions = request.rows.dimensions;
    std::vector<float> room(dimensions);
    const auto check = [&](SampleIndex sample) {
        poll(request, 0);
        const float* row = single(request.rows, sample, *request.tuning.kernels, room.data());
        if (std::all_of(row, row + dimensions, [](float x) { return std::isfinite(x); })) return;
        throw DataError(
            fmt::format("the embedding of sample {} has a value that is not finite; every value "
                        "must be a finite number",
                        sample));
    };
    std::ranges::for_each(request.pool.candidates, check);
    std::ranges::for_each(request.pool.preselected, check);
}

void check_objective(SamplingMethod method, const Request& request) {
    const auto& objective = request.objective;
    if (method == SamplingMethod::coral && !(objective.diversity_strength > 0)) {
        throw DataError(fmt::format("the strength of diversity is {}; CORAL needs one above 0",
                                    shortest(objective.diversity_strength)));
    }
    if (method == SamplingMethod::coral && objective.score_strength < 0 &&
        objective.combination != Combination::sum &&
        std::ranges::any_of(request.pool.scores, [](double score) { return score == 0; })) {
        throw DataError(
            "a score is 0 and the strength of scores is negative, which would make a product "
            "infinite; give every sample a score above 0 or combine by 'sum'");
    }
    if (!std::isfinite(objective.score_strength) || !std::isfinite(objective.diversity_strength))
        throw DataError("a strength is not a number; give every objective a finite one");
}

/// What no selection from these places can have begun with.
void check_made(const Request& request) {
    const auto& made = request.progress.made;
    if (made.size() > request.picks) {
        throw DataError(
            fmt::format("{} picks were made before, but there are {} to make; begin "
                        "the selection anew",
                        made.size(),
                        request.picks));
    }
    std::vector<bool> taken(request.places.size());
    for (const auto& pick : made) {
        const auto place = find_place(request, pick.sample);
        if (!place || taken[*place]) {
            throw DataError(
                fmt::format("sample {} was picked before, but {}; begin the selection anew",
                            pick.sample,
                            place ? "twice" : "is not to choose from"));
        }
        taken[*place] = true;
    }
}

Rows rows_of(const Pool& pool) {
    if (pool.rows) return *pool.rows;
    return pool.embeddings == nullptr ? Rows() : Rows(*pool.embeddings);
}

/// The places of the candidates that are not preselected.
std::vector<Place> open_places(const Request& request) {
    const auto& pool = request.pool;
    std::vector<Place> places;
    places.reserve(pool.candidates.size());
    auto chosen = pool.preselected.begin();
    for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
        poll(request, 0);
        chosen = std::lower_bound(chosen, pool.preselected.end(), pool.candidates[i]);
        const bool is_open = chosen == pool.preselected.end() || *chosen != pool.candidates[i];
        if (is_open) places.push_back(static_cast<Place>(i));
    }
    return places;
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): what, from where, how much; the rest by default
std::vector<Pick> select(SamplingMethod method,
                         const Pool& pool,
                         const Stop& stop,
                         Random random,
                         const Progress& progress,
                         const Objective& objective,
                         const Tuning& tuning) {
    assert(is_ascending(pool.candidates) && is_ascending(pool.preselected));
    Request request{.pool = pool,
                    .rows = rows_of(pool),
                    .min_distance = stop.min_distance,
                    .progress = progress,
                    .objective = objective,
                    .tuning = tuning};
    request.places = open_places(request);
    request.picks = most_picks(stop, request.places.size());

    check_min_distance(stop.min_distance);
    if (uses_scores(method)) check_scores(method, request);
    check_objective(method, request);
    if (uses_embeddings(method) || request.keeps_distance()) check_embeddings(method, request);
    if (request.keeps_distance() && !uses_embeddings(method)) check_finite(request);
    check_made(request);

    switch (method) {
        case SamplingMethod::random:
            return select_random(request, random);
        case SamplingMethod::coreset:
            return select_coreset(request, random);
        case SamplingMethod::coral:
            return select_coral(request, random);
        case SamplingMethod::active_learning:
            break;
    }
    return select_active_learning(request);
}

// NOLINTNEXTLINE(readability-function-size): likewise
std::vector<Pick> select(SamplingMethod method,
                         const Pool& pool,
                         const Stop& stop,
                         Random random,
                         const Progress& progress,
                         const Objective& objective) {
    return select(method, pool, stop, random, progress, objective, Tuning{});
}

}  // namespace trommel::selection
