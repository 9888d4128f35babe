// The distance that selection is defined in. A faster engine must give the same bits.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace trommel::selection {

/// The squared Euclidean distance of two embeddings of one width.
///
/// Single precision, every operation rounded on its own (no fused multiply-add), in one fixed
/// order: lane l of 16 adds up (a - b)² over the dimensions l, l + 16, l + 32, … ; then the lanes
/// are folded, (l, l + 8), (l, l + 4), (l, l + 2), (l, l + 1). So registers of 4, 8 or 16 lanes,
/// other tilings and other machines can all reproduce it. All terms are positive, so the relative
/// error is at most (dimensions / 16 + 8) * 2^-23. Not |a|² + |b|² - 2ab, whose error is relative
/// to the embeddings' length and can swap near duplicates.
inline float squared_distance(std::span<const float> a, std::span<const float> b) {
    // A vector type of g++ and clang: -O2 does not keep an array of lanes in registers.
    constexpr std::size_t count = 16;
    using Lanes [[gnu::vector_size(count * sizeof(float))]] = float;
    Lanes sums{};
    const auto add = [&](std::size_t start, std::size_t dimensions) {
        Lanes left{};
        Lanes right{};
        std::memcpy(&left, a.data() + start, dimensions * sizeof(float));
        std::memcpy(&right, b.data() + start, dimensions * sizeof(float));
        const Lanes difference = left - right;
        sums += difference * difference;
    };
    std::size_t start = 0;
    for (; start + count <= a.size(); start += count) add(start, count);
    if (start < a.size()) add(start, a.size() - start);
    for (std::size_t half = count / 2; half > 0; half /= 2) {
        for (std::size_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
    }
    return sums[0];
}

}  // namespace trommel::selection
