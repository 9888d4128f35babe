#pragma once

#include "selection/shared.hpp"

namespace trommel::selection {

/// The nearest of some samples to each of them, itself left out, ascending; of equals the first.
struct Nearest {
    std::size_t count = 0;                ///< neighbours of each
    std::vector<float> squared{};         ///< (samples, count) distances
    std::vector<std::uint32_t> others{};  ///< (samples, count) positions among the samples
};

/// The `count` nearest of `samples` to each of them; `count` is below their number. Exact, by
/// O(samples²) distances, block by block, so that rows are read from memory once in a while; or as
/// options.search says, where there are many.
Nearest nearest_of(const Task& task,
                   const Rows& rows,
                   std::span<const SampleIndex> samples,
                   std::size_t count);

/// About the nearest: samples are put into 4 sqrt(samples) lists, each by the nearest of as many
/// centres that k-means finds, and compared with those in the lists of options.probes centres
/// nearest to its own; options.recalled gets which share was found. An inverted file: Sivic and
/// Zisserman, "Video Google", ICCV 2003. O(probes samples^1.5) distances.
Nearest nearest_in_lists(const Task& task,
                         const Rows& rows,
                         std::span<const SampleIndex> samples,
                         std::size_t count);

/// The nearest candidates of each of `places`, likewise: squared distances (places, count).
std::vector<float> squared_to_nearest(const Task& task,
                                      const Rows& rows,
                                      std::span<const Place> places,
                                      std::size_t count);

}  // namespace trommel::selection
