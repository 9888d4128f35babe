#include "selection/request.hpp"

#include "selection/shared.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>

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

/// Of those that can be picked: what was chosen before may have any.
void check_scores(const Request& request) {
    for (const auto place : request.places) {
        poll(request, 0);
        const double score = request.pool.scores[place];
        if (std::isfinite(score)) continue;
        throw DataError(
            fmt::format("the score of sample {} is {}; every score must be a finite number",
                        request.sample(place),
                        shortest(score)));
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

/// Where nothing else uses every row: the greedy engine does when it begins.
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

constexpr float unreached = std::numeric_limits<float>::infinity();

struct Nearest {
    float squared = unreached;
    std::optional<SampleIndex> sample{};
};

Nearest find_nearest_chosen(const Request& request,
                            SampleIndex sample,
                            std::span<const Pick> picks) {
    const std::size_t dimensions = request.rows.dimensions;
    const auto& kernels = *request.tuning.kernels;
    std::vector<float> room(2 * dimensions);
    const float* row = single(request.rows, sample, kernels, room.data());
    Nearest nearest;
    const auto approach = [&](SampleIndex chosen) {
        poll(request, picks.size());
        const float* other = single(request.rows, chosen, kernels, room.data() + dimensions);
        float squared = 0;
        kernels.to_center(&row, 1, other, dimensions, &squared);
        if (!nearest.sample || squared < nearest.squared) nearest = {squared, chosen};
    };
    for (const auto chosen : request.pool.preselected) approach(chosen);
    for (const auto& pick : picks) approach(pick.sample);
    return nearest;
}

void check_made(const Request& request, std::span<const Place> places) {
    const auto& made = request.progress.made;
    for (std::size_t i = 0; i < made.size(); ++i) {
        const auto expected = request.sample(places[i]);
        if (made[i].sample == expected) continue;
        throw DataError(
            fmt::format("pick {} was sample {} before and would be sample {} now, so the picks "
                        "made before are of another selection; begin this one anew",
                        i + 1,
                        made[i].sample,
                        expected));
    }
}

}  // namespace

Request checked_request(const Task& task, const By& by, const Tuning& tuning) {
    const auto& pool = task.pool;
    assert(is_ascending(pool.candidates) && is_ascending(pool.preselected));
    Request request{.pool = pool,
                    .rows = rows_of(pool),
                    .places = open_places(task),
                    .min_distance = task.stop.min_distance,
                    .progress = task.progress,
                    .objective = task.options.objective,
                    .tuning = tuning};
    request.picks = most_picks(task.stop, request.places.size());

    check_min_distance(request.min_distance);
    if (by.scores) check_scores(request);
    if (by.distance || request.keeps_distance()) {
        check_embeddings_of(pool.candidates, request);
        check_embeddings_of(pool.preselected, request);
    }
    if (request.keeps_distance() && !by.distance) check_finite(request);
    check_made(request);
    return request;
}

std::size_t most_picks(const Stop& stop, std::size_t open) {
    const auto picks = std::min(stop.picks.value_or(open), open);
    if (!stop.proportion) return picks;
    if (!(*stop.proportion > 0 && *stop.proportion <= 1)) {
        throw DataError(fmt::format("the proportion is {}; give a share above 0 and at most 1",
                                    shortest(*stop.proportion)));
    }
    // What is a whole number but for rounding stays that.
    const double share = *stop.proportion * static_cast<double>(open) * (1 - 1e-12);
    return std::min(picks, static_cast<std::size_t>(std::ceil(share)));
}

void poll(const Request& request, std::size_t done) {
    if (!request.progress.cancelled.stop_requested()) return;
    throw Interrupted(
        fmt::format("the selection was stopped after {} of {} picks", done, request.picks));
}

std::optional<std::size_t> find_place(const Request& request, SampleIndex sample) {
    const auto sample_at = [&](Place place) { return request.sample(place); };
    const auto found = std::ranges::lower_bound(request.places, sample, {}, sample_at);
    if (found == request.places.end() || sample_at(*found) != sample) return std::nullopt;
    return found - request.places.begin();
}

std::vector<Pick> first_picks(const Request& request) {
    const auto& made = request.progress.made;
    std::vector<Pick> picks;
    picks.reserve(request.picks);
    picks.insert(picks.end(), made.begin(), made.end());
    return picks;
}

void add(const Request& request, std::vector<Pick>& picks, const Pick& pick) {
    picks.push_back(pick);
    if (request.progress.picked) request.progress.picked(pick);
}

std::optional<double> distance(float squared, SampleIndex sample, bool any_chosen) {
    if (!any_chosen) return std::nullopt;
    if (std::isfinite(squared)) return std::sqrt(static_cast<double>(squared));
    throw DataError(fmt::format(
        "the embedding of sample {} is too far from every chosen one to be measured in single "
        "precision; scale the embeddings down",
        sample));
}

bool is_too_near(const Request& request, std::optional<double> distance) {
    return request.keeps_distance() && distance && *distance < request.min_distance;
}

std::vector<Pick> pick_in_order(const Request& request,
                                std::span<const Place> places,
                                bool use_scores) {
    check_made(request, places);
    auto picks = first_picks(request);
    for (const auto place : places.subspan(picks.size())) {
        poll(request, picks.size());
        Pick pick{.sample = request.sample(place)};
        if (use_scores) pick.score = request.pool.scores[place];
        if (request.keeps_distance()) {
            const auto nearest = find_nearest_chosen(request, pick.sample, picks);
            pick.nearest = nearest.sample;
            pick.distance = distance(nearest.squared, pick.sample, nearest.sample.has_value());
        }
        if (is_too_near(request, pick.distance)) break;
        add(request, picks, pick);
    }
    return picks;
}

std::vector<Pick> pick_highest(const Task& task) {
    const auto request = checked_request(task, {.scores = true});
    const auto& scores = request.pool.scores;
    auto places = request.places;
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(request.picks);
    std::partial_sort(places.begin(), end, places.end(), [&](Place a, Place b) {
        poll(request, 0);
        return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
    });
    places.erase(end, places.end());
    return pick_in_order(request, places, true);
}

}  // namespace trommel::selection
