// The methods behind `select`, each in its own file, and what they share.
#pragma once

#include "selection/greedy.hpp"
#include "trommel/selection/select.hpp"

namespace trommel::selection {

/// A checked request: lengths fit, numbers are finite, what the method needs is there.
struct Request {
    Pool pool{};
    Rows rows{};                  ///< of the pool; none where the method needs none
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

/// Greedy: picks again and again the sample that request.objective makes of its distance to the
/// nearest chosen one and its score the best; without `use_scores`, the farthest. While nothing is
/// chosen the score alone decides, or objective.first. Throws DataError if an embedding is not
/// finite.
std::vector<Pick> pick_farthest(const Request& request, bool use_scores, Random& random);

/// Picks the samples at `places`, in that order, until one would be too near to a chosen one.
/// O(chosen dimensions) a pick where distances matter. Throws DataError if the picks made before
/// are others than the first of these.
std::vector<Pick> pick_in_order(const Request& request,
                                std::span<const Place> places,
                                bool use_scores);

std::vector<Pick> select_random(const Request& request, Random& random);
std::vector<Pick> select_coreset(const Request& request, Random& random);
std::vector<Pick> select_coral(const Request& request, Random& random);

/// `select` with a say in how the engine works, for tests and benchmarks.
std::vector<Pick> select(SamplingMethod method,
                         const Pool& pool,
                         const Stop& stop,
                         Random random,
                         const Progress& progress,
                         const Objective& objective,
                         const Tuning& tuning);
std::vector<Pick> select_active_learning(const Request& request);

}  // namespace trommel::selection
