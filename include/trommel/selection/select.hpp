// Selection: which samples to label next. Plain functions: embeddings, scores and sets in, picks
// out.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/core/random.hpp"
#include "trommel/core/sample.hpp"
#include "trommel/selection/sampling_method.hpp"

#include <cstddef>
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
};

/// When to stop: whichever comes first. Nothing set means: until the candidates are used up.
struct Stop {
    std::optional<std::size_t> picks{};  ///< new samples, preselected ones not counted
    double min_distance = -1;  ///< before a pick nearer than this to a chosen sample; < 0 = off
};

struct Pick {
    SampleIndex sample = 0;
    std::optional<double> score{};  ///< the sample's score, where the method uses one
    std::optional<double>
        distance{};  ///< Euclidean, to the nearest sample chosen before it; where known
};

/// Chooses by `method`, in the order of choosing; ties go to the lowest sample index.
///
/// The picks depend on the arguments alone, never on the number of threads. Throws DataError when
/// the method needs embeddings or scores that `pool` lacks, when lengths do not fit, or when a
/// score or an embedding is not finite; Interrupted when `cancelled` asks for it.
std::vector<Pick> select(SamplingMethod method,
                         const Pool& pool,
                         const Stop& stop,
                         Random random,
                         std::stop_token cancelled = {});

}  // namespace trommel::selection
