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

void check_embeddings_of(std::span<const SampleIndex> samples, const Request& request) {
    const auto& embeddings = *request.pool.embeddings;
    for (const auto sample : samples) {
        poll(request, 0);
        if (sample >= embeddings.rows()) {
            throw DataError(fmt::format(
                "sample {} has no embedding: there are {}, counted from 0; give every sample one",
                sample,
                embeddings.rows()));
        }
        if (!std::ranges::all_of(embeddings.row(sample),
                                 [](float x) { return std::isfinite(x); })) {
            throw DataError(fmt::format(
                "the embedding of sample {} has a value that is not finite; every value must be a "
                "finite number",
                sample));
        }
    }
}

void check_embeddings(SamplingMethod method, const Request& request) {
    const auto& pool = request.pool;
    if (pool.embeddings == nullptr) {
        throw DataError(
            fmt::format("{}{} needs embeddings, and there are none; give the samples "
                        "embeddings or choose another method",
                        to_string(method),
                        uses_embeddings(method) ? "" : " with min_distance"));
    }
    check_embeddings_of(pool.candidates, request);
    check_embeddings_of(pool.preselected, request);
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

/// The places of the candidates that are not preselected.
std::vector<std::size_t> open_places(const Request& request) {
    const auto& pool = request.pool;
    std::vector<std::size_t> places;
    auto chosen = pool.preselected.begin();
    for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
        poll(request, 0);
        chosen = std::lower_bound(chosen, pool.preselected.end(), pool.candidates[i]);
        const bool is_open = chosen == pool.preselected.end() || *chosen != pool.candidates[i];
        if (is_open) places.push_back(i);
    }
    return places;
}

}  // namespace

std::vector<Pick> select(SamplingMethod method,
                         const Pool& pool,
                         const Stop& stop,
                         Random random,
                         const Progress& progress) {
    assert(is_ascending(pool.candidates) && is_ascending(pool.preselected));
    Request request{.pool = pool, .min_distance = stop.min_distance, .progress = progress};
    request.places = open_places(request);
    request.picks = std::min(stop.picks.value_or(request.places.size()), request.places.size());

    check_min_distance(stop.min_distance);
    if (uses_scores(method)) check_scores(method, request);
    if (uses_embeddings(method) || request.keeps_distance()) check_embeddings(method, request);
    check_made(request);

    switch (method) {
        case SamplingMethod::random:
            return select_random(request, random);
        case SamplingMethod::coreset:
            return select_coreset(request);
        case SamplingMethod::coral:
            return select_coral(request);
        case SamplingMethod::active_learning:
            break;
    }
    return select_active_learning(request);
}

}  // namespace trommel::selection
