#pragma once

#include "selection/kernels/kernels.hpp"
#include "trommel/core/random.hpp"

#include <functional>
#include <span>
#include <vector>

namespace trommel::selection {

struct Clusters {
    std::vector<std::uint32_t> of_row{};  ///< (rows) the nearest centre, the first of equals
    std::vector<float> squared{};         ///< (rows) the squared distance to it
    std::vector<float> centers{};         ///< (clusters, dimensions)
};

/// Weighted k-means: seeds by k-means++, then Lloyd's iterations until nothing changes, at most
/// `iterations`. `rows` (rows) point to `dimensions` floats each; `weights` (rows) are at least 0,
/// not all 0. `clusters` is at most as many as there are rows. The result depends on the arguments
/// alone. Lloyd, "Least squares quantization in PCM", 1982. O(rows clusters dimensions) an
/// iteration.
Clusters weighted_kmeans(std::span<const float* const> rows,
                         std::size_t dimensions,
                         std::span<const double> weights,
                         std::size_t clusters,
                         Random random,
                         const std::function<void()>& poll,
                         int iterations = 25);

/// (rows) the nearest of `centers` (centers, dimensions), the first of equals, for a few rows.
void nearest_centers(std::span<const float* const> rows,
                     std::size_t dimensions,
                     std::span<const float> centers,
                     std::uint32_t* nearest);

/// A row with probability proportional to its worth, at least 0; the first if all are 0.
std::size_t draw_by_worth(std::span<const double> worth, Random& random);

}  // namespace trommel::selection
