#pragma once

#include "selection/strategies/strategies.hpp"

namespace trommel::selection {

/// The nearest of some samples to each of them, itself left out, ascending; of equals the first.
struct Nearest {
    std::size_t count = 0;                ///< neighbours of each
    std::vector<float> squared{};         ///< (samples, count) distances
    std::vector<std::uint32_t> others{};  ///< (samples, count) positions among the samples
};

/// Exactly the `count` nearest of `samples` to each of them; `count` is below their number. Blocks
/// of rows are compared with blocks, so that either is read from memory once in a while.
/// O(samples²) distances.
Nearest nearest_of(const Task& task,
                   const Rows& rows,
                   std::span<const SampleIndex> samples,
                   std::size_t count);

/// The nearest candidates of each of `places`, likewise: squared distances (places, count).
std::vector<float> squared_to_nearest(const Task& task,
                                      const Rows& rows,
                                      std::span<const Place> places,
                                      std::size_t count);

}  // namespace trommel::selection
