// The kernels for AVX2 that compare codes of 8 bits.
// It includes nothing whose functions another file could share.
// NOLINTBEGIN(modernize-avoid-c-arrays): std::array has such functions
// NOLINTBEGIN(readability-function-size): the parameters are those that Kernels says
#ifdef __x86_64__

#include "selection/kernels/avx2_kernels.hpp"
#include "selection/kernels/avx2_lanes.hpp"

namespace trommel::selection::avx2 {
namespace {

std::int32_t sum_of(__m256i lanes) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1)));
}

/// Eight dimensions of an embedding in codes.
struct Encoder {
    __m256 inverse;
    __m256 step;
    __m256 most;
    __m256i raise;
    Sum residuals{};
    __m256i norms = _mm256_setzero_si256();

    __m256i add(__m256 offset, __m256& residuals_of_half) {
        const __m256 scaled = _mm256_max_ps(_mm256_min_ps(_mm256_mul_ps(offset, inverse), most),
                                            _mm256_sub_ps(_mm256_setzero_ps(), most));
        const __m256i q = _mm256_cvtps_epi32(scaled);
        const __m256 residual = _mm256_fnmadd_ps(step, _mm256_cvtepi32_ps(q), offset);
        residuals_of_half = _mm256_fmadd_ps(residual, residual, residuals_of_half);
        norms = _mm256_add_epi32(norms, _mm256_mullo_epi32(q, q));
        return _mm256_add_epi32(q, raise);
    }
};

__m256 offset_of(const float* row, const float* mean, std::size_t left) {
    const __m256i lanes = first_lanes(left);
    return _mm256_sub_ps(_mm256_maskload_ps(row, lanes), _mm256_maskload_ps(mean, lanes));
}

/// The low bytes of 2 * 8 integers, in their order.
__m128i pack(__m256i low, __m256i high) {
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xD8);
    return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

}  // namespace

Encoding encode(const float* row,
                const float* mean,
                const CodeScale& scale,
                std::size_t dimensions,
                std::uint8_t* code,
                std::size_t bytes) {
    Encoder encoder{.inverse = _mm256_set1_ps(1 / scale.step),
                    .step = _mm256_set1_ps(scale.step),
                    .most = _mm256_set1_ps(static_cast<float>(scale.most)),
                    .raise = _mm256_set1_epi32(scale.most + 1)};
    for (std::size_t j = 0; j < bytes; j += width) {
        const std::size_t left = j < dimensions ? dimensions - j : 0;
        const std::size_t more = left > 8 ? left - 8 : 0;
        const __m256i low = encoder.add(offset_of(row + j, mean + j, left), encoder.residuals.low);
        const __m256i high =
            encoder.add(offset_of(row + j + 8, mean + j + 8, more), encoder.residuals.high);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(code + j), pack(low, high));
    }
    const float residual = _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(fold(encoder.residuals))));
    return {.norm = sum_of(encoder.norms), .residual = residual};
}

namespace {

__m256i load(const void* codes) { return _mm256_loadu_si256(static_cast<const __m256i*>(codes)); }

/// Sums of two 16-bit products each; with codes within most_code two of them fit into 16 bits.
__m256i products(__m256i row, const std::int8_t* center) {
    return _mm256_maddubs_epi16(row, load(center));
}

__m256i add_pairs(__m256i sum, __m256i pairs_of_16_bits) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs_of_16_bits, _mm256_set1_epi16(1)));
}

/// Products of a row and a centre, in lanes to be added up.
__m256i product_lanes(const std::uint8_t* row, const std::int8_t* center, std::size_t bytes) {
    __m256i sum = _mm256_setzero_si256();
    std::size_t j = 0;
    for (; j + 64 <= bytes; j += 64) {
        const __m256i some = products(load(row + j), center + j);
        const __m256i more = products(load(row + j + 32), center + j + 32);
        sum = add_pairs(sum, _mm256_add_epi16(some, more));
    }
    for (; j < bytes; j += 16) {
        const __m128i some =
            _mm_maddubs_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + j)),
                              _mm_loadu_si128(reinterpret_cast<const __m128i*>(center + j)));
        sum = add_pairs(sum, _mm256_zextsi128_si256(some));
    }
    return sum;
}

/// Adds up the lanes of four registers.
__m128i sums_of(__m256i a, __m256i b, __m256i c, __m256i d) {
    const __m256i halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

/// The first of the least.
struct Least {
    std::size_t index = 0;
    std::int32_t square = __INT32_MAX__;

    void look_at(std::size_t i, std::int32_t other) {
        index = other < square ? i : index;
        square = other < square ? other : square;
    }
};

}  // namespace

NearestCode nearest_code(const std::uint8_t* row,
                         std::int32_t norm,
                         const std::int8_t* const* centers,
                         const std::int32_t* offsets,
                         std::size_t count,
                         std::size_t bytes) {
    Least least;
    for (std::size_t i = 0; i < count; i += 4) {
        __m256i lanes[4];
        alignas(16) std::int32_t products_of[4];
        const std::size_t some = count - i < 4 ? count - i : 4;
#pragma GCC unroll 4
        for (std::size_t k = 0; k < 4; ++k)
            lanes[k] = product_lanes(row, centers[k < some ? i + k : i], bytes);
        _mm_store_si128(reinterpret_cast<__m128i*>(products_of),
                        sums_of(lanes[0], lanes[1], lanes[2], lanes[3]));
        for (std::size_t k = 0; k < some; ++k)
            least.look_at(i + k, norm + offsets[i + k] - 2 * products_of[k]);
    }
    return {.index = least.index, .square = static_cast<float>(least.square)};
}

namespace {

__m256i four_codes(const std::uint8_t* row) {
    std::int32_t codes = 0;
    __builtin_memcpy(&codes, row, sizeof codes);
    return _mm256_set1_epi32(codes);
}

/// Products of one row with the block: of its first eight centres and of the others.
struct BlockProducts {
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();

    /// Eight more dimensions.
    void add(const std::uint8_t* row, const std::int8_t* codes) {
        const __m256i first = four_codes(row);
        const __m256i second = four_codes(row + 4);
        low =
            add_pairs(low, _mm256_add_epi16(products(first, codes), products(second, codes + 64)));
        high = add_pairs(
            high, _mm256_add_epi16(products(first, codes + 32), products(second, codes + 96)));
    }
};

int compare(__m256i products_of_half,
            std::int32_t norm,
            float reach,
            const CodedBlock& block,
            std::size_t first,
            float* squares) {
    const __m256i sums = _mm256_add_epi32(_mm256_set1_epi32(norm), load(block.offsets + first));
    const __m256 square =
        _mm256_cvtepi32_ps(_mm256_sub_epi32(sums, _mm256_slli_epi32(products_of_half, 1)));
    const __m256 far = _mm256_add_ps(_mm256_set1_ps(reach), _mm256_loadu_ps(block.errors + first));
    _mm256_storeu_ps(squares + first, square);
    return _mm256_movemask_ps(_mm256_cmp_ps(square, _mm256_mul_ps(far, far), _CMP_LT_OQ));
}

std::uint16_t compare(const BlockProducts& all,
                      std::int32_t norm,
                      float reach,
                      const CodedBlock& block,
                      float* squares) {
    const int low = compare(all.low, norm, reach, block, 0, squares);
    const int high = compare(all.high, norm, reach, block, 8, squares);
    return static_cast<std::uint16_t>(low | high << 8);
}

}  // namespace

void filter(const CodedRows& rows,
            const CodedBlock& block,
            std::size_t bytes,
            float* squares,
            std::uint16_t* masks) {
    for (std::size_t i = 0; i < filter_rows; i += 4) {
        BlockProducts a;
        BlockProducts b;
        BlockProducts c;
        BlockProducts d;
        for (std::size_t j = 0; j < bytes; j += 8) {
            const std::int8_t* codes = block.codes + j * block_size;
            a.add(rows.bytes[i] + j, codes);
            b.add(rows.bytes[i + 1] + j, codes);
            c.add(rows.bytes[i + 2] + j, codes);
            d.add(rows.bytes[i + 3] + j, codes);
        }
        const BlockProducts* const all[4] = {&a, &b, &c, &d};
        for (std::size_t k = 0; k < 4; ++k) {
            masks[i + k] = compare(*all[k],
                                   rows.norms[i + k],
                                   rows.reach[i + k],
                                   block,
                                   squares + (i + k) * block_size);
        }
    }
}

}  // namespace trommel::selection::avx2

#endif
// NOLINTEND(readability-function-size)
// NOLINTEND(modernize-avoid-c-arrays)
