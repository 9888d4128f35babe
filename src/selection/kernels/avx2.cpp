// The kernels for AVX2 with FMA that compare embeddings, and the table of all. Files named avx2_*
// alone are compiled for AVX2, so they include nothing whose functions another file could share.
// NOLINTBEGIN(modernize-avoid-c-arrays): std::array has such functions
// NOLINTBEGIN(readability-function-size): the parameters are those that Kernels says
#ifdef __x86_64__

#include "selection/kernels/avx2_kernels.hpp"
#include "selection/kernels/avx2_lanes.hpp"

namespace trommel::selection {
namespace {

__m256 add_square(__m256 sum, __m256 a, __m256 b) {
    const __m256 difference = _mm256_sub_ps(a, b);
    return _mm256_fmadd_ps(difference, difference, sum);
}

void add_squares(Sum& sum, const float* a, const float* b) {
    sum.low = add_square(sum.low, _mm256_loadu_ps(a), _mm256_loadu_ps(b));
    sum.high = add_square(sum.high, _mm256_loadu_ps(a + 8), _mm256_loadu_ps(b + 8));
}

/// The last `count` dimensions, fewer than 16.
void add_rest(Sum& sum, const float* a, const float* b, std::size_t count) {
    const __m256i low = first_lanes(count);
    sum.low = add_square(sum.low, _mm256_maskload_ps(a, low), _mm256_maskload_ps(b, low));
    if (count <= 8) return;
    const __m256i high = first_lanes(count - 8);
    sum.high =
        add_square(sum.high, _mm256_maskload_ps(a + 8, high), _mm256_maskload_ps(b + 8, high));
}

float distance(const float* row, const float* center, std::size_t dimensions) {
    Sum sum;
    std::size_t j = 0;
    for (; j + width <= dimensions; j += width) add_squares(sum, row + j, center + j);
    if (j < dimensions) add_rest(sum, row + j, center + j, dimensions - j);
    return fold(sum);
}

void stream(const float* first,
            std::size_t stride,
            std::size_t count,
            const float* center,
            std::size_t dimensions,
            float* squared) {
    for (std::size_t i = 0; i < count; ++i)
        squared[i] = distance(first + i * stride, center, dimensions);
}

/// Two rows against two centres: as many sums as there are registers for.
void pairs(const float* const* rows,
           const float* const* centers,
           std::size_t dimensions,
           float* squared) {
    const float* a = rows[0];
    const float* b = rows[1];
    const float* c = centers[0];
    const float* d = centers[1];
    Sum ac;
    Sum ad;
    Sum bc;
    Sum bd;
    std::size_t j = 0;
    for (; j + width <= dimensions; j += width) {
        add_squares(ac, a + j, c + j);
        add_squares(ad, a + j, d + j);
        add_squares(bc, b + j, c + j);
        add_squares(bd, b + j, d + j);
    }
    if (j < dimensions) {
        add_rest(ac, a + j, c + j, dimensions - j);
        add_rest(ad, a + j, d + j, dimensions - j);
        add_rest(bc, b + j, c + j, dimensions - j);
        add_rest(bd, b + j, d + j, dimensions - j);
    }
    squared[0] = fold(ac);
    squared[1] = fold(ad);
    squared[4] = fold(bc);
    squared[5] = fold(bd);
}

void to_center(const float* const* rows,
               std::size_t count,
               const float* center,
               std::size_t dimensions,
               float* squared) {
    for (std::size_t i = 0; i < count; ++i) squared[i] = distance(rows[i], center, dimensions);
}

void tile(const float* const* rows,
          const float* const* centers,
          std::size_t dimensions,
          float* squared) {
    for (std::size_t i = 0; i < tile_rows; i += 2) {
        for (std::size_t k = 0; k < 4; k += 2)
            pairs(rows + i, centers + k, dimensions, squared + i * 4 + k);
    }
}

void widen_halves(const std::uint16_t* halves, std::size_t count, float* singles) {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i eight = _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves + i));
        _mm256_storeu_ps(singles + i, _mm256_cvtph_ps(eight));
    }
    for (; i < count; ++i) singles[i] = _cvtsh_ss(halves[i]);
}

}  // namespace

const Kernels avx2_kernels{.name = "avx2",
                           .most_code = 63,
                           .stream = stream,
                           .to_center = to_center,
                           .tile = tile,
                           .encode = avx2::encode,
                           .nearest_code = avx2::nearest_code,
                           .filter = avx2::filter,
                           .approach = avx2::approach,
                           .reaching = avx2::reaching,
                           .widen_halves = widen_halves};

}  // namespace trommel::selection

#endif
// NOLINTEND(readability-function-size)
// NOLINTEND(modernize-avoid-c-arrays)
