// Strategies by name: what a user may write where samples are selected.
#pragma once

#include "trommel/selection/select.hpp"

#include <string>
#include <string_view>

namespace trommel::selection {

/// What the strategies can be told; each looks at what concerns it.
struct StrategyOptions {
    Objective objective{};
    double oversampling = 10;     ///< dmbal, cluster_margin: candidates a pick, the highest scores
    std::size_t neighbors = 20;   ///< typicality and what is made of it: of how many
    double density_strength = 1;  ///< information_density: the exponent of density
    double radius = 0;            ///< prob_cover: of a ball; above 0
    std::span<const SampleIndex> query{};  ///< similarity: ascending; what to be near to
    unsigned threads = 0;                  ///< 0: as many as the caller has
};

/// A selection to be made.
struct Task {
    Pool pool{};
    Stop stop{};
    Random random;
    Progress progress{};
    StrategyOptions options{};
};

struct Strategy {
    std::string_view name;
    std::string_view summary;  ///< what it does
    std::string_view source;   ///< who says so
    bool needs_embeddings = false;
    bool needs_scores = false;
    std::vector<Pick> (*select)(const Task& task) = nullptr;
};

/// All of them, by name.
std::span<const Strategy> strategies();

/// None if no strategy has the name.
const Strategy* find_strategy(std::string_view name);

/// Selects by the strategy, in the order of choosing; ties go to the lowest sample index. The picks
/// depend on the task alone, never on the number of threads. Throws DataError where the pool lacks
/// what the strategy needs or has what it cannot use; Interrupted when cancelled.
std::vector<Pick> select(const Strategy& strategy, const Task& task);

/// Bytes that a selection of `picks` from `candidates` needs at most beside embeddings and scores.
std::size_t memory_bound(std::size_t candidates, std::size_t dimensions, std::size_t picks);

}  // namespace trommel::selection
