// Selection: which samples to label next. One plain function for whoever asks: embeddings, scores
// and sets in, picks out.
#pragma once

#include "trommel/core/random.hpp"
#include "trommel/selection/stop_reason.hpp"
#include "trommel/selection/strategy.hpp"

namespace trommel::selection {

/// A selection to be made.
struct Task {
    Pool pool{};
    Stop stop{};
    Random random;
    Progress progress{};
    StrategyOptions options{};
};

/// Selects by the strategy, in the order of choosing; ties go to the lowest sample index. The picks
/// depend on the task alone, never on the number of threads nor on how many of them were made
/// before. Throws DataError where the pool lacks what the strategy needs or has what it cannot use,
/// or where what was made or kept cannot be of this selection; Interrupted when cancelled.
std::vector<Pick> select(const Strategy& strategy, const Task& task);

/// The rule that stopped such a selection after so many picks.
StopReason stop_reason_of(const Task& task, std::size_t picks);

/// How much there is to select from, as far as memory depends on it.
struct Extent {
    std::size_t candidates = 0;
    std::size_t dimensions = 0;  ///< of embeddings; 0 where none are looked at
    std::size_t picks = 0;       ///< at most
    std::size_t preselected = 0;
    std::size_t rows = 0;     ///< embeddings, those of other samples included
    std::size_t classes = 0;  ///< columns of probabilities or categories
    std::size_t query = 0;
    bool is_widened = false;             ///< embeddings are not in single precision
    std::optional<std::size_t> pairs{};  ///< prob_cover: within its radius; by default the most
};

/// Bytes that a selection takes at most beside embeddings, scores and probabilities.
std::size_t memory_bound(const Strategy& strategy,
                         const StrategyOptions& options,
                         const Extent& extent);

/// The same as stated before a selection starts: what it takes at most, and what it is refused for
/// if there is less, which is lower where the data decide.
struct Memory {
    std::size_t least = 0;
    std::size_t most = 0;
};

Memory memory_of(const Strategy& strategy, const StrategyOptions& options, Extent extent);

}  // namespace trommel::selection
