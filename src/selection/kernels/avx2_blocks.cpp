// The kernels for AVX2 that compare blocks of rows in few dimensions.
// It includes nothing whose functions another file could share.
// NOLINTBEGIN(modernize-avoid-c-arrays): std::array has such functions
// NOLINTBEGIN(readability-function-size): the parameters are those that Kernels says
#ifdef __x86_64__

#include "selection/kernels/avx2_kernels.hpp"
#include "selection/kernels/avx2_lanes.hpp"

namespace trommel::selection::avx2 {
namespace {

/// The sums of `lanes` squares in each lane, folded as `fold` does; lanes that are not there are 0.
template <std::size_t lanes>
__m256 sum_up(__m256* squares) {
#pragma GCC unroll 4
    for (std::size_t half = lanes / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
        for (std::size_t l = 0; l < half; ++l)
            squares[l] = _mm256_add_ps(squares[l], squares[l + half]);
    }
    return squares[0];
}

/// Of eight rows of a block.
template <std::size_t lanes>
__m256 distances_side_by_side(const float* values, const float* center) {
    __m256 squares[lanes];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < lanes; ++j) {
        const __m256 difference =
            _mm256_sub_ps(_mm256_load_ps(values + j * block_size), _mm256_set1_ps(center[j]));
        squares[j] = _mm256_mul_ps(difference, difference);
    }
    return sum_up<lanes>(squares);
}

/// Of eight centres of a block.
template <std::size_t lanes>
__m256 distances_to_box(const float* low, const float* high, const float* centers) {
    __m256 squares[lanes];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < lanes; ++j) {
        const __m256 center = _mm256_load_ps(centers + j * block_size);
        const __m256 inside =
            _mm256_min_ps(_mm256_max_ps(center, _mm256_set1_ps(low[j])), _mm256_set1_ps(high[j]));
        const __m256 outside = _mm256_sub_ps(center, inside);
        squares[j] = _mm256_mul_ps(outside, outside);
    }
    return sum_up<lanes>(squares);
}

template <std::size_t lanes>
bool approach_in(const SideBySide& rows,
                 const float* centers,
                 std::uint32_t first,
                 std::uint16_t mask) {
    bool is_nearer = false;
    for (unsigned left = mask; left != 0; left &= left - 1) {
        const auto center = static_cast<unsigned>(__builtin_ctz(left));
        const float* row = centers + std::size_t{center} * block_size;
        for (std::size_t i = 0; i < block_size; i += 8) {
            const __m256 distances = distances_side_by_side<lanes>(rows.values + i, row);
            const __m256 nearer =
                _mm256_cmp_ps(distances, _mm256_load_ps(rows.squared + i), _CMP_LT_OQ);
            if (_mm256_movemask_ps(nearer) == 0) continue;
            const __m256i where = _mm256_castps_si256(nearer);
            _mm256_maskstore_ps(rows.squared + i, where, distances);
            _mm256_maskstore_epi32(reinterpret_cast<int*>(rows.nearest + i),
                                   where,
                                   _mm256_set1_epi32(static_cast<int>(first + center)));
            is_nearer = true;
        }
    }
    return is_nearer;
}

}  // namespace

bool approach(const SideBySide& rows,
              const float* centers,
              std::uint32_t first,
              std::uint16_t mask) {
    if (rows.width == 4) return approach_in<4>(rows, centers, first, mask);
    if (rows.width == 8) return approach_in<8>(rows, centers, first, mask);
    return approach_in<16>(rows, centers, first, mask);
}

namespace {}  // namespace

std::uint16_t reaching(const float* low,
                       const float* high,
                       const float* centers,
                       std::size_t width_of_rows,
                       float squared) {
    int mask = 0;
    for (std::size_t i = 0; i < block_size; i += 8) {
        const __m256 distances = width_of_rows == 4 ? distances_to_box<4>(low, high, centers + i)
                                 : width_of_rows == 8
                                     ? distances_to_box<8>(low, high, centers + i)
                                     : distances_to_box<16>(low, high, centers + i);
        const __m256 nearer = _mm256_cmp_ps(distances, _mm256_set1_ps(squared), _CMP_LT_OQ);
        mask |= _mm256_movemask_ps(nearer) << i;
    }
    return static_cast<std::uint16_t>(mask);
}

}  // namespace trommel::selection::avx2

#endif
// NOLINTEND(readability-function-size)
// NOLINTEND(modernize-avoid-c-arrays)
