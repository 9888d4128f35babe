#pragma once

#include "selection/strategies/strategies.hpp"

namespace trommel::selection {

/// The nearest candidates of each of `places`, exactly and itself left out: squared distances
/// (places, count), ascending. `count` is below the number of places. Blocks of rows are compared
/// with blocks, so that either is read from memory once in a while. O(places²) distances.
std::vector<float> squared_to_nearest(const Task& task,
                                      const Rows& rows,
                                      std::span<const Place> places,
                                      std::size_t count);

}  // namespace trommel::selection
