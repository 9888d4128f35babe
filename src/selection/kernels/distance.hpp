// The distance that selection is defined in. Every kernel must give the same bits.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace trommel::selection {

/// A sum of squares in one fixed order: lane j % 16 of 16 takes the square of dimension j by a
/// fused multiply-add, dimensions ascending; then the lanes are folded, (l, l + 8), (l, l + 4), (l,
/// l + 2), (l, l + 1). So registers of 4, 8 or 16 lanes, other tilings and other machines can all
/// reproduce it.
class Lanes {
public:
    void add(std::size_t dimension, float value) {
        float& lane = lanes_[dimension % count];
        lane = std::fma(value, value, lane);
    }

    float sum() const {
        auto lanes = lanes_;
        for (std::size_t half = count / 2; half > 0; half /= 2) {
            for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
        }
        return lanes[0];
    }

private:
    static constexpr std::size_t count = 16;
    std::array<float, count> lanes_{};
};

/// The squared Euclidean distance of two embeddings of one width, in single precision.
///
/// All terms are positive, so the relative error is at most (dimensions / 16 + 8) * 2^-23, except
/// where squares are subnormal. Not |a|² + |b|² - 2ab, whose error is relative to the embeddings'
/// length and can swap near duplicates. Fused, because a fused multiply-add costs half as much as
/// two operations and rounds once less.
inline float squared_distance(std::span<const float> a, std::span<const float> b) {
    Lanes lanes;
    for (std::size_t j = 0; j < a.size(); ++j) lanes.add(j, a[j] - b[j]);
    return lanes.sum();
}

}  // namespace trommel::selection
