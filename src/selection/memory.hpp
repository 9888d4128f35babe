// What a selection takes of memory, as stated before it starts: for each strategy the most that its
// vectors hold at once, with what they leave behind when they grow. Here is what several hold.
#pragma once

#include "trommel/selection/select.hpp"

namespace trommel::selection::memory {

/// A vector that grows by doubling holds the old values and twice their room at its largest.
inline constexpr std::size_t growing = 3;
inline constexpr std::size_t a_place = sizeof(std::uint32_t);
inline constexpr std::size_t a_number = sizeof(double);

/// Rows of other precision than single are copied where a strategy holds many of them.
std::size_t pointers_to_rows(const Extent& extent, std::size_t rows);

/// As `oversampled` takes.
std::size_t oversampled_count(const StrategyOptions& options, const Extent& extent);

std::size_t kmeans(const Extent& extent, std::size_t rows, std::size_t clusters);

/// Distances and positions, ascending, and the order of comparing.
std::size_t nearest_neighbors(const StrategyOptions& options,
                              const Extent& extent,
                              std::size_t samples);

/// Of samples to be near to, and of how near candidates are.
std::size_t directions(const Extent& extent);

/// Of the picks in the order of their worth, which every strategy ends with.
std::size_t ranking(const StrategyOptions& options, const Extent& extent);

/// The same with a worth of each candidate.
std::size_t worths(const StrategyOptions& options, const Extent& extent);

/// Of the greedy engine.
std::size_t greedy(const StrategyOptions& options, const Extent& extent);

}  // namespace trommel::selection::memory
