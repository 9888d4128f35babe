// What the greedy engine chooses from.
#pragma once

#include "selection/buffer.hpp"
#include "selection/kernels/kernels.hpp"
#include "trommel/core/sample.hpp"
#include "trommel/selection/rows.hpp"

#include <functional>
#include <span>

namespace trommel::selection {

/// A candidate's position among the candidates, whose samples ascend.
using Place = std::uint32_t;

struct Candidates {
    Rows rows{};
    std::span<const SampleIndex> samples{};  ///< (candidates)

    std::size_t count() const { return samples.size(); }
};

/// Called now and then, from any thread; what it throws ends the work. May be empty.
using Poll = std::function<void()>;

/// Row `sample` in single precision: itself, or widened into `room`, which holds a row.
const float* single(const Rows& rows, std::size_t sample, const Kernels& kernels, float* room);

/// What is known of each candidate. `squared` is at least the squared distance to the nearest
/// centre, and is it as soon as all centres are seen.
struct Bounds {
    explicit Bounds(std::size_t count) : squared(count), seen(count), nearest(count) {}

    /// In `squared`: chosen already.
    static constexpr float taken = -1;

    Buffer<float> squared;
    Buffer<std::uint32_t> seen;     ///< centres [0, seen) are accounted for
    Buffer<std::uint32_t> nearest;  ///< whose distance `squared` is; the first of equals
};

}  // namespace trommel::selection
