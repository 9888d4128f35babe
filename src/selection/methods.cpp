#include "selection/methods.hpp"

#include "selection/distance.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

constexpr float unreached = std::numeric_limits<float>::infinity();

float to_nearest_chosen(const Request& request, SampleIndex sample, std::span<const Pick> picks) {
    const Matrix& embeddings = *request.pool.embeddings;
    const auto row = embeddings.row(sample);
    float nearest = unreached;
    for (const auto chosen : request.pool.preselected) {
        nearest = std::min(nearest, squared_distance(row, embeddings.row(chosen)));
    }
    for (const auto& pick : picks) {
        nearest = std::min(nearest, squared_distance(row, embeddings.row(pick.sample)));
    }
    return nearest;
}

}  // namespace

void poll(const Request& request, std::size_t done) {
    if (!request.cancelled.stop_requested()) return;
    throw Interrupted(
        fmt::format("the selection was stopped after {} of {} picks", done, request.picks));
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

std::vector<Pick> pick_in_order(const Request& request, std::span<const std::size_t> places) {
    std::vector<Pick> picks;
    picks.reserve(places.size());
    for (const auto place : places) {
        poll(request, picks.size());
        Pick pick{.sample = request.sample(place)};
        if (request.keeps_distance()) {
            const bool any_chosen = !request.pool.preselected.empty() || !picks.empty();
            pick.distance =
                distance(to_nearest_chosen(request, pick.sample, picks), pick.sample, any_chosen);
        }
        if (is_too_near(request, pick.distance)) break;
        picks.push_back(pick);
    }
    return picks;
}

}  // namespace trommel::selection
