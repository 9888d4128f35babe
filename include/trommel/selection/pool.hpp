// What is selected from and what comes out: pools, when to stop, picks.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/core/sample.hpp"
#include "trommel/selection/rows.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace trommel::selection {

/// What there is to choose from. Everything is viewed, nothing is copied.
struct Pool {
    std::span<const SampleIndex> candidates{};   ///< ascending; where to choose from
    std::span<const SampleIndex> preselected{};  ///< ascending; chosen before, never chosen again
    const Matrix* embeddings =
        nullptr;                       ///< (samples of the dataset, dimensions); row i is sample i
    std::span<const double> scores{};  ///< (candidates), higher means label sooner; may be empty
    std::optional<Rows> rows{};        ///< embeddings that are not Matrix; go before `embeddings`
    const Probabilities* probabilities =
        nullptr;  ///< (candidates, classes), each row sums to 1; for the strategies that need them
};

/// When to stop: whichever comes first. Nothing set means: until the candidates are used up.
struct Stop {
    std::optional<std::size_t> picks{};  ///< new samples, preselected ones not counted
    /// The share of the candidates that are not preselected, above 0 and at most 1; rounded up.
    std::optional<double> proportion{};
    double min_distance = -1;  ///< before a pick nearer than this to a chosen sample; < 0 = off
};

/// How many to pick at most where `open` candidates are not preselected. Throws DataError if the
/// proportion is not a share.
std::size_t most_picks(const Stop& stop, std::size_t open);

struct Pick {
    SampleIndex sample = 0;
    std::optional<double> score{};  ///< the sample's score, where the method uses one
    std::optional<double>
        distance{};  ///< Euclidean, to the nearest sample chosen before it; where known
    std::optional<SampleIndex>
        nearest{};  ///< that sample, of equals the one chosen first; where known
};

/// Which sample coreset begins with where nothing is chosen yet.
enum class FirstPick : std::uint8_t {
    first,     ///< the candidate of lowest index
    random,    ///< any
    centroid,  ///< the candidate nearest to the mean of all
};

/// How coral combines diversity, the distance to the nearest chosen sample, with scores.
enum class Combination : std::uint8_t {
    product,             ///< diversity^strength * score^strength of the sample
    cumulative_product,  ///< of the sums over all picks with the sample
    sum,                 ///< strength * diversity + strength * score of the sample
};

/// What a greedy method is after.
struct Objective {
    FirstPick first = FirstPick::first;
    std::optional<SampleIndex> first_sample{};  ///< a candidate, which goes before `first`
    Combination combination = Combination::product;
    double diversity_strength = 1;  ///< above 0
    double score_strength = 1;      ///< below 0, low scores go first
};

/// How a long selection is continued, followed and stopped. None of it changes what is picked.
struct Progress {
    std::span<const Pick>
        made{};  ///< the first picks of this very selection; it goes on from there
    std::function<void(const Pick&)>
        picked{};  ///< gets every further pick as it is made, on the selecting thread
    /// coreset and coral: where what is known of distances is kept from one selection to the next,
    /// which has the first one's picks among its preselected samples; made when it is not there.
    /// Of equally near chosen samples, a pick's nearest is then the one chosen first in all rounds.
    std::filesystem::path state{};
    std::stop_token cancelled{};  ///< answered within 100 ms, in the middle of a pass too
};

}  // namespace trommel::selection
