// Lanes of AVX2 that its kernels share. Each file has its own copy: a function that is compiled for
// AVX2 must never be linked into code for other processors.
#pragma once

#include "selection/kernels/kernels.hpp"

#include <immintrin.h>

namespace trommel::selection {
namespace {  // NOLINT(cert-dcl59-cpp): a copy for each file is meant

/// The 16 lanes of a sum.
struct Sum {
    __m256 low = _mm256_setzero_ps();
    __m256 high = _mm256_setzero_ps();
};

[[maybe_unused]] constexpr std::size_t width = 16;

/// All bits of the first `count` of eight lanes.
[[maybe_unused]] __m256i first_lanes(std::size_t count) {
    const __m256i places = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), places);
}

[[maybe_unused]] float fold(const Sum& sum) {
    const __m256 eight = _mm256_add_ps(sum.low, sum.high);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    four = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
}

}  // namespace
}  // namespace trommel::selection
