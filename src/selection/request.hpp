// What is picked from by distance, by score or at random: a checked request, and the ways to pick
// that strategies share.
#pragma once

#include "selection/greedy.hpp"
#include "trommel/selection/select.hpp"

namespace trommel::selection {

/// A checked request: numbers are finite, embeddings are there where distances count.
struct Request {
    Pool pool{};
    Rows rows{};                  ///< of the pool; none where no distance counts
    std::vector<Place> places{};  ///< in pool.candidates, ascending: those not preselected
    std::size_t picks = 0;        ///< how many to pick; at most as many as there are places
    double min_distance = -1;
    Progress progress{};
    Objective objective{};
    Tuning tuning{};

    SampleIndex sample(std::size_t place) const { return pool.candidates[place]; }
    /// Whether min_distance can stop anything: no distance is below 0.
    bool keeps_distance() const { return min_distance > 0; }
};

/// What picks use.
struct By {
    bool distance = false;
    bool scores = false;
};

/// Throws DataError where the task has numbers that cannot be gone by.
Request checked_request(const Task& task, const By& by, const Tuning& tuning = {});

/// Throws Interrupted if the request is cancelled; `done` picks have been made. Costs a nanosecond
/// or two, so that loops over many samples call it often enough.
void poll(const Request& request, std::size_t done);

/// Which of request.places is that of `sample`, if one is.
std::optional<std::size_t> find_place(const Request& request, SampleIndex sample);

/// The picks to begin with: those made before, with room for the rest.
std::vector<Pick> first_picks(const Request& request);

/// Appends a new pick, and tells whoever follows the selection.
void add(const Request& request, std::vector<Pick>& picks, const Pick& pick);

/// The distance of `sample` whose squared distance to the nearest chosen sample is given; nothing
/// where it is infinite because nothing is chosen. Throws DataError where it is infinite although
/// something is: the embeddings are too large for single precision.
std::optional<double> distance(float squared, SampleIndex sample, bool any_chosen);

/// Whether a pick at this distance stops the selection.
bool is_too_near(const Request& request, std::optional<double> distance);

/// Picks the samples at `places`, in that order, until one would be too near to a chosen one.
/// O(chosen dimensions) a pick where distances matter. Throws DataError if the picks made before
/// are others than the first of these.
std::vector<Pick> pick_in_order(const Request& request,
                                std::span<const Place> places,
                                bool use_scores);

/// Greedy: picks again and again the sample that the task's objective makes of its distance to the
/// nearest chosen one and its score the best; without `use_scores`, the farthest. While nothing is
/// chosen the score alone decides, or objective.first. `tuning` is how the engine works, for tests
/// and benchmarks. Throws DataError if an embedding is not finite.
std::vector<Pick> pick_farthest(const Task& task, bool use_scores, const Tuning& tuning = {});

/// Picks the highest scores, the first of equals.
std::vector<Pick> pick_highest(const Task& task);

}  // namespace trommel::selection
