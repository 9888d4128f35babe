// The kernels for AVX-512 with VNNI. This file alone is compiled for it, so it includes nothing
// whose functions another file could share.
// NOLINTBEGIN(modernize-avoid-c-arrays): std::array has such functions
// NOLINTBEGIN(readability-function-size): the parameters are those that Kernels says
#include "selection/kernels/kernels.hpp"

#ifdef __x86_64__

#include <immintrin.h>

namespace trommel::selection {
namespace {

constexpr std::size_t width = 16;  ///< floats in a register

__mmask16 first_lanes(std::size_t count) { return static_cast<__mmask16>((1U << count) - 1U); }

/// The lanes folded (l, l + 8), (l, l + 4), (l, l + 2), (l, l + 1).
float fold(__m512 lanes) {
    const __m256 eight =
        _mm256_add_ps(_mm512_castps512_ps256(lanes), _mm512_extractf32x8_ps(lanes, 1));
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    four = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
}

__m512 add_square(__m512 sum, __m512 a, __m512 b) {
    const __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
}

float distance(const float* row, const float* center, std::size_t dimensions) {
    __m512 sum = _mm512_setzero_ps();
    std::size_t j = 0;
    for (; j + width <= dimensions; j += width)
        sum = add_square(sum, _mm512_loadu_ps(row + j), _mm512_loadu_ps(center + j));
    if (j < dimensions) {
        const __mmask16 rest = first_lanes(dimensions - j);
        sum = add_square(
            sum, _mm512_maskz_loadu_ps(rest, row + j), _mm512_maskz_loadu_ps(rest, center + j));
    }
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

/// One step of four rows against one centre.
void add_squares(__m512* sums, const float* const* rows, std::size_t j, __mmask16 lanes, __m512 c) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < tile_rows; ++i)
        sums[i] = add_square(sums[i], _mm512_maskz_loadu_ps(lanes, rows[i] + j), c);
}

void to_center(const float* const* rows,
               std::size_t count,
               const float* center,
               std::size_t dimensions,
               float* squared) {
    std::size_t i = 0;
    for (; i + tile_rows <= count; i += tile_rows) {
        __m512 sums[tile_rows] = {};
        for (std::size_t j = 0; j < dimensions; j += width) {
            const __mmask16 lanes = dimensions - j < width ? first_lanes(dimensions - j) : 0xFFFF;
            add_squares(sums, rows + i, j, lanes, _mm512_maskz_loadu_ps(lanes, center + j));
        }
        for (std::size_t k = 0; k < tile_rows; ++k) squared[i + k] = fold(sums[k]);
    }
    for (; i < count; ++i) squared[i] = distance(rows[i], center, dimensions);
}

__m512 join_low(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0x44); }
__m512 join_high(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0xEE); }
__m512 join_even(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0x88); }
__m512 join_odd(__m512 a, __m512 b) { return _mm512_shuffle_f32x4(a, b, 0xDD); }

/// Folds 16 registers at once: lane 4 * k + i of the result is the fold of sums[4 * i + k].
__m512 fold_all(const __m512* sums) {
    __m512 eights[8];
    __m512 fours[4];
    __m512 twos[2];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < 8; ++p) {
        const __m512 a = sums[2 * p];
        const __m512 b = sums[2 * p + 1];
        eights[p] = _mm512_add_ps(join_low(a, b), join_high(a, b));
    }
#pragma GCC unroll 4
    for (std::size_t p = 0; p < 4; ++p) {
        const __m512 a = eights[2 * p];
        const __m512 b = eights[2 * p + 1];
        fours[p] = _mm512_add_ps(join_even(a, b), join_odd(a, b));
    }
#pragma GCC unroll 2
    for (std::size_t p = 0; p < 2; ++p) {
        const __m512 a = fours[2 * p];
        const __m512 b = fours[2 * p + 1];
        twos[p] = _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xEE));
    }
    return _mm512_add_ps(_mm512_shuffle_ps(twos[0], twos[1], 0x88),
                         _mm512_shuffle_ps(twos[0], twos[1], 0xDD));
}

void tile(const float* const* rows,
          const float* const* centers,
          std::size_t dimensions,
          float* squared) {
    __m512 sums[16];
    for (auto& sum : sums) sum = _mm512_setzero_ps();
    for (std::size_t j = 0; j < dimensions; j += width) {
        const __mmask16 lanes = dimensions - j < width ? first_lanes(dimensions - j) : 0xFFFF;
        const __m512 c0 = _mm512_maskz_loadu_ps(lanes, centers[0] + j);
        const __m512 c1 = _mm512_maskz_loadu_ps(lanes, centers[1] + j);
        const __m512 c2 = _mm512_maskz_loadu_ps(lanes, centers[2] + j);
        const __m512 c3 = _mm512_maskz_loadu_ps(lanes, centers[3] + j);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < tile_rows; ++i) {
            const __m512 x = _mm512_maskz_loadu_ps(lanes, rows[i] + j);
            sums[4 * i] = add_square(sums[4 * i], x, c0);
            sums[4 * i + 1] = add_square(sums[4 * i + 1], x, c1);
            sums[4 * i + 2] = add_square(sums[4 * i + 2], x, c2);
            sums[4 * i + 3] = add_square(sums[4 * i + 3], x, c3);
        }
    }
    const __m512i transpose =
        _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
    _mm512_storeu_ps(squared, _mm512_permutexvar_ps(transpose, fold_all(sums)));
}

Encoding encode(const float* row,
                const float* mean,
                const CodeScale& scale,
                std::size_t dimensions,
                std::uint8_t* code,
                std::size_t bytes) {
    const __m512 inverse = _mm512_set1_ps(1 / scale.step);
    const __m512 step = _mm512_set1_ps(scale.step);
    const __m512 most = _mm512_set1_ps(static_cast<float>(scale.most));
    const __m512 least = _mm512_sub_ps(_mm512_setzero_ps(), most);
    __m512 residuals = _mm512_setzero_ps();
    __m512i norms = _mm512_setzero_si512();
    for (std::size_t j = 0; j < bytes; j += width) {
        const std::size_t left = j < dimensions ? dimensions - j : 0;
        const __mmask16 lanes = left < width ? first_lanes(left) : 0xFFFF;
        const __m512 offset = _mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, row + j),
                                            _mm512_maskz_loadu_ps(lanes, mean + j));
        const __m512 scaled =
            _mm512_max_ps(_mm512_min_ps(_mm512_mul_ps(offset, inverse), most), least);
        const __m512i q = _mm512_cvtps_epi32(scaled);
        const __m512 residual = _mm512_fnmadd_ps(step, _mm512_cvtepi32_ps(q), offset);
        residuals = _mm512_fmadd_ps(residual, residual, residuals);
        norms = _mm512_add_epi32(norms, _mm512_mullo_epi32(q, q));
        const __m512i raised = _mm512_add_epi32(q, _mm512_set1_epi32(scale.raise()));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(code + j), _mm512_cvtepi32_epi8(raised));
    }
    return {.norm = _mm512_reduce_add_epi32(norms),
            .residual = _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(fold(residuals))))};
}

/// 64 codes of a row and of a centre, as many as are left.
__m512i add_products(__m512i sum,
                     const std::uint8_t* row,
                     const std::int8_t* center,
                     __mmask64 lanes) {
    return _mm512_dpbusd_epi32(
        sum, _mm512_maskz_loadu_epi8(lanes, row), _mm512_maskz_loadu_epi8(lanes, center));
}

std::int32_t product(const std::uint8_t* row, const std::int8_t* center, std::size_t bytes) {
    __m512i sum = _mm512_setzero_si512();
    std::size_t j = 0;
    for (; j + 64 <= bytes; j += 64) sum = add_products(sum, row + j, center + j, ~__mmask64{0});
    if (j < bytes) sum = add_products(sum, row + j, center + j, (__mmask64{1} << (bytes - j)) - 1);
    return _mm512_reduce_add_epi32(sum);
}

NearestCode nearest_code(const std::uint8_t* row,
                         std::int32_t norm,
                         const std::int8_t* const* centers,
                         const std::int32_t* offsets,
                         std::size_t count,
                         std::size_t bytes) {
    std::size_t best = 0;
    std::int32_t least = __INT32_MAX__;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t square = norm + offsets[i] - 2 * product(row, centers[i], bytes);
        if (square >= least) continue;
        best = i;
        least = square;
    }
    return {.index = best, .square = static_cast<float>(least)};
}

/// Squared distances of one row to the block, and which of them matter.
__mmask16 compare(
    __m512i products, std::int32_t norm, float reach, const CodedBlock& block, float* squares) {
    const __m512i sums =
        _mm512_add_epi32(_mm512_set1_epi32(norm), _mm512_loadu_si512(block.offsets));
    const __m512 square =
        _mm512_cvtepi32_ps(_mm512_sub_epi32(sums, _mm512_slli_epi32(products, 1)));
    const __m512 far = _mm512_add_ps(_mm512_set1_ps(reach), _mm512_loadu_ps(block.errors));
    _mm512_storeu_ps(squares, square);
    return _mm512_cmp_ps_mask(square, _mm512_mul_ps(far, far), _CMP_LT_OQ);
}

__m512i four_codes(const std::uint8_t* row) {
    std::int32_t codes = 0;
    __builtin_memcpy(&codes, row, sizeof codes);
    return _mm512_set1_epi32(codes);
}

void filter(const CodedRows& rows,
            const CodedBlock& block,
            std::size_t bytes,
            float* squares,
            std::uint16_t* masks) {
    __m512i products[filter_rows] = {};
    for (std::size_t j = 0; j < bytes; j += 4) {
        const __m512i codes = _mm512_loadu_si512(block.codes + j * block_size);
#pragma GCC unroll 8
        for (std::size_t i = 0; i < filter_rows; ++i)
            products[i] = _mm512_dpbusd_epi32(products[i], four_codes(rows.bytes[i] + j), codes);
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < filter_rows; ++i) {
        masks[i] =
            compare(products[i], rows.norms[i], rows.reach[i], block, squares + i * block_size);
    }
}

/// The sums of `lanes` squares in each lane, folded as `fold` does; lanes that are not there are 0.
template <std::size_t lanes>
__m512 sum_up(__m512* squares) {
#pragma GCC unroll 4
    for (std::size_t half = lanes / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
        for (std::size_t l = 0; l < half; ++l)
            squares[l] = _mm512_add_ps(squares[l], squares[l + half]);
    }
    return squares[0];
}

/// The rows stay in registers for all centres.
template <std::size_t lanes>
bool approach_in(const SideBySide& rows,
                 const float* centers,
                 std::uint32_t first,
                 std::uint16_t mask) {
    __m512 values[lanes];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < lanes; ++j)
        values[j] = _mm512_load_ps(rows.values + j * block_size);
    __m512 squared = _mm512_load_ps(rows.squared);
    __m512i nearest = _mm512_load_si512(rows.nearest);
    __mmask16 any = 0;
    for (unsigned left = mask; left != 0; left &= left - 1) {
        const auto center = static_cast<unsigned>(__builtin_ctz(left));
        const float* row = centers + std::size_t{center} * block_size;
        __m512 squares[lanes];
#pragma GCC unroll 16
        for (std::size_t j = 0; j < lanes; ++j) {
            const __m512 difference = _mm512_sub_ps(values[j], _mm512_set1_ps(row[j]));
            squares[j] = _mm512_mul_ps(difference, difference);
        }
        const __m512 distances = sum_up<lanes>(squares);
        const __mmask16 nearer = _mm512_cmp_ps_mask(distances, squared, _CMP_LT_OQ);
        squared = _mm512_mask_mov_ps(squared, nearer, distances);
        nearest = _mm512_mask_set1_epi32(nearest, nearer, static_cast<int>(first + center));
        any |= nearer;
    }
    if (any == 0) return false;
    _mm512_store_ps(rows.squared, squared);
    _mm512_store_si512(rows.nearest, nearest);
    return true;
}

template <std::size_t lanes>
[[gnu::always_inline]] inline __m512 distances_to_box(const float* low,
                                                      const float* high,
                                                      const float* centers) {
    __m512 squares[lanes];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < lanes; ++j) {
        const __m512 center = _mm512_load_ps(centers + j * block_size);
        const __m512 inside =
            _mm512_min_ps(_mm512_max_ps(center, _mm512_set1_ps(low[j])), _mm512_set1_ps(high[j]));
        const __m512 outside = _mm512_sub_ps(center, inside);
        squares[j] = _mm512_mul_ps(outside, outside);
    }
    return sum_up<lanes>(squares);
}

bool approach(const SideBySide& rows,
              const float* centers,
              std::uint32_t first,
              std::uint16_t mask) {
    if (rows.width == 4) return approach_in<4>(rows, centers, first, mask);
    if (rows.width == 8) return approach_in<8>(rows, centers, first, mask);
    return approach_in<16>(rows, centers, first, mask);
}

std::uint16_t reaching(const float* low,
                       const float* high,
                       const float* centers,
                       std::size_t width_of_rows,
                       float squared) {
    const __m512 distances = width_of_rows == 4   ? distances_to_box<4>(low, high, centers)
                             : width_of_rows == 8 ? distances_to_box<8>(low, high, centers)
                                                  : distances_to_box<16>(low, high, centers);
    return _mm512_cmp_ps_mask(distances, _mm512_set1_ps(squared), _CMP_LT_OQ);
}

void widen_halves(const std::uint16_t* halves, std::size_t count, float* singles) {
    for (std::size_t i = 0; i < count; i += width) {
        const __mmask16 lanes = count - i < width ? first_lanes(count - i) : 0xFFFF;
        const __m256i some = _mm256_maskz_loadu_epi16(lanes, halves + i);
        _mm512_mask_storeu_ps(singles + i, lanes, _mm512_cvtph_ps(some));
    }
}

}  // namespace

const Kernels avx512_kernels{.name = "avx512",
                             .most_code = 127,
                             .stream = stream,
                             .to_center = to_center,
                             .tile = tile,
                             .encode = encode,
                             .nearest_code = nearest_code,
                             .filter = filter,
                             .approach = approach,
                             .reaching = reaching,
                             .widen_halves = widen_halves};

}  // namespace trommel::selection

#endif
// NOLINTEND(readability-function-size)
// NOLINTEND(modernize-avoid-c-arrays)
