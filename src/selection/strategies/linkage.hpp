#pragma once

#include "selection/kernels/kernels.hpp"

#include <functional>
#include <span>
#include <vector>

namespace trommel::selection {

/// Two clusters become one; each is named by one of its rows.
struct Merge {
    std::uint32_t one = 0;
    std::uint32_t other = 0;
    double height = 0;  ///< the mean squared distance between their rows
};

/// Average linkage of `rows`, which point to `dimensions` floats each: rows - 1 merges, the lowest
/// first. Distances are squared, so that two means and two spreads tell the mean over all pairs:
/// O(rows) memory, and O(rows²) distances by chains of nearest neighbours (Murtagh, "A Survey of
/// Recent Advances in Hierarchical Clustering Algorithms", 1983). Of rows of length 1 the squared
/// distance is twice the cosine distance. The result depends on the arguments alone.
std::vector<Merge> average_linkage(std::span<const float* const> rows,
                                   std::size_t dimensions,
                                   const std::function<void()>& poll);

/// The clusters (rows) that the first `count` of `merges` make, numbered by their first row.
std::vector<std::uint32_t> clusters_after(std::span<const Merge> merges,
                                          std::size_t count,
                                          std::size_t rows);

}  // namespace trommel::selection
