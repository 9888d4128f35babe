// What a selection takes of memory, as stated before it starts: for each strategy the most that its
// vectors hold at once, with what they leave behind when they grow.
#pragma once

#include "trommel/selection/strategy.hpp"

namespace trommel::selection {

/// Of the picks in the order of their worth, which every strategy ends with.
std::size_t memory_of_ranking(const StrategyOptions& options, const Extent& extent);

std::size_t memory_of_greedy(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_auto(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_badge(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_cluster_margin(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_combined(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_two_round(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_deduplicate(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_dmbal(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_facility_location(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_kmeans_plus_plus(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_prob_cover(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_similarity(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_typicality(const StrategyOptions& options, const Extent& extent);
std::size_t memory_of_typiclust(const StrategyOptions& options, const Extent& extent);

}  // namespace trommel::selection
