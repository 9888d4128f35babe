// Randomness that does not depend on order: every random choice has a key, never a shared
// generator.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace trommel {

/// A stream of random numbers fixed by (seed, round, stage) alone: the same on every machine, for
/// any number of threads, whatever else has drawn numbers before.
///
/// Philox 4x32-10; Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
class Random {
public:
    Random(std::uint64_t seed, std::uint32_t round, std::string_view stage);

    /// Uniform over all 64-bit numbers.
    std::uint64_t next();

    /// Uniform over [0, bound), without the bias of a remainder; `bound` is at least 1.
    std::uint64_t below(std::uint64_t bound);

    /// Uniform over [0, 1).
    double uniform();

private:
    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> counter_;
    std::array<std::uint32_t, 4> block_{};
    unsigned used_ = 4;  ///< words of block_ already given out
};

/// `count` distinct positions of [0, population), in the order drawn. O(population) time and
/// memory.
std::vector<std::size_t> draw(Random& random, std::size_t count, std::size_t population);

}  // namespace trommel
