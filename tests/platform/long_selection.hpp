// A selection that takes as long as a test wants, in this process or in the program `selecting`.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/core/random.hpp"

namespace trommel::test {

/// `samples` points at random, of 32 dimensions.
inline Matrix random_points(std::size_t samples) {
    Matrix points(samples, 32);
    Random random(1, 0, "points");
    for (auto& value : points.values()) value = static_cast<float>(random.uniform());
    return points;
}

}  // namespace trommel::test
