// The kernels by the letter of their definitions. Slow where the processor has no fused
// multiply-add, and what the others are compared with.
#include "selection/kernels/distance.hpp"
#include "selection/kernels/kernels.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

// NOLINTBEGIN(readability-function-size): the parameters are those that Kernels says
void stream(const float* first,
            std::size_t stride,
            std::size_t count,
            const float* center,
            std::size_t dimensions,
            float* squared) {
    const std::span other(center, dimensions);
    for (std::size_t i = 0; i < count; ++i)
        squared[i] = squared_distance(std::span(first + i * stride, dimensions), other);
}

void to_center(const float* const* rows,
               std::size_t count,
               const float* center,
               std::size_t dimensions,
               float* squared) {
    const std::span other(center, dimensions);
    for (std::size_t i = 0; i < count; ++i)
        squared[i] = squared_distance(std::span(rows[i], dimensions), other);
}

void tile(const float* const* rows,
          const float* const* centers,
          std::size_t dimensions,
          float* squared) {
    for (std::size_t i = 0; i < tile_rows; ++i) {
        for (std::size_t j = 0; j < 4; ++j) {
            squared[i * 4 + j] =
                squared_distance(std::span(rows[i], dimensions), std::span(centers[j], dimensions));
        }
    }
}

std::int32_t code_of(float offset, float inverse, std::int32_t most) {
    const auto end = static_cast<float>(most);
    return static_cast<std::int32_t>(std::nearbyint(std::clamp(offset * inverse, -end, end)));
}

Encoding encode(const float* row,
                const float* mean,
                const CodeScale& scale,
                std::size_t dimensions,
                std::uint8_t* code,
                std::size_t bytes) {
    Encoding result;
    Lanes residuals;
    for (std::size_t j = 0; j < dimensions; ++j) {
        const float offset = row[j] - mean[j];
        const std::int32_t q = code_of(offset, 1 / scale.step, scale.most);
        residuals.add(j, std::fma(-scale.step, static_cast<float>(q), offset));
        result.norm += q * q;
        code[j] = static_cast<std::uint8_t>(q + scale.raise());
    }
    std::fill(code + dimensions, code + bytes, static_cast<std::uint8_t>(scale.raise()));
    result.residual = std::sqrt(residuals.sum());
    return result;
}

std::int32_t product(const std::uint8_t* row, const std::int8_t* center, std::size_t bytes) {
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < bytes; ++j) sum += row[j] * center[j];
    return sum;
}

NearestCode nearest_code(const std::uint8_t* row,
                         std::int32_t norm,
                         const std::int8_t* const* centers,
                         const std::int32_t* offsets,
                         std::size_t count,
                         std::size_t bytes) {
    std::size_t best = 0;
    std::int32_t least = std::numeric_limits<std::int32_t>::max();
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t square = norm + offsets[i] - 2 * product(row, centers[i], bytes);
        if (square >= least) continue;
        best = i;
        least = square;
    }
    return {.index = best, .square = static_cast<float>(least)};
}

void products_with_block(const std::uint8_t* row,
                         const std::int8_t* codes,
                         std::size_t bytes,
                         std::int32_t* products) {
    std::fill_n(products, block_size, 0);
    for (std::size_t j = 0; j < bytes; j += 4) {
        for (std::size_t c = 0; c < block_size; ++c) {
            for (std::size_t k = 0; k < 4; ++k)
                products[c] += row[j + k] * codes[j * block_size + c * 4 + k];
        }
    }
}

void filter(const CodedRows& rows,
            const CodedBlock& block,
            std::size_t bytes,
            float* squares,
            std::uint16_t* masks) {
    for (std::size_t i = 0; i < filter_rows; ++i) {
        std::array<std::int32_t, block_size> products;
        products_with_block(rows.bytes[i], block.codes, bytes, products.data());
        masks[i] = 0;
        for (std::size_t j = 0; j < block_size; ++j) {
            const auto square =
                static_cast<float>(rows.norms[i] + block.offsets[j] - 2 * products[j]);
            const float reach = rows.reach[i] + block.errors[j];
            squares[i * block_size + j] = square;
            if (square < reach * reach) masks[i] = static_cast<std::uint16_t>(masks[i] | (1U << j));
        }
    }
}

bool approach_one(const SideBySide& rows, const float* center, std::uint32_t index) {
    bool is_nearer = false;
    for (std::size_t i = 0; i < block_size; ++i) {
        Lanes lanes;
        for (std::size_t j = 0; j < rows.width; ++j)
            lanes.add(j, rows.values[j * block_size + i] - center[j]);
        if (!(lanes.sum() < rows.squared[i])) continue;
        rows.squared[i] = lanes.sum();
        rows.nearest[i] = index;
        is_nearer = true;
    }
    return is_nearer;
}

bool approach(const SideBySide& rows,
              const float* centers,
              std::uint32_t first,
              std::uint16_t mask) {
    bool is_nearer = false;
    for (unsigned left = mask; left != 0; left &= left - 1) {
        const auto j = static_cast<std::uint32_t>(__builtin_ctz(left));
        if (approach_one(rows, centers + std::size_t{j} * block_size, first + j)) is_nearer = true;
    }
    return is_nearer;
}

std::uint16_t reaching(
    const float* low, const float* high, const float* centers, std::size_t width, float squared) {
    unsigned mask = 0;
    for (std::size_t i = 0; i < block_size; ++i) {
        Lanes lanes;
        for (std::size_t j = 0; j < width; ++j) {
            const float center = centers[j * block_size + i];
            lanes.add(j, center - std::clamp(center, low[j], high[j]));
        }
        if (lanes.sum() < squared) mask |= 1U << i;
    }
    return static_cast<std::uint16_t>(mask);
}

/// The exponent is moved by a multiplication, which also makes subnormal halves normal singles.
float widen_half(std::uint16_t half) {
    const std::uint32_t sign = (half & 0x8000U) << 16U;
    const std::uint32_t rest = (half & 0x7FFFU) << 13U;
    const bool is_special = (half & 0x7C00U) == 0x7C00U;
    const float magnitude = is_special ? std::bit_cast<float>(rest | 0x7F800000U)
                                       : std::bit_cast<float>(rest) * 0x1p112F;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
}

void widen_halves(const std::uint16_t* halves, std::size_t count, float* singles) {
    std::transform(halves, halves + count, singles, widen_half);
}
// NOLINTEND(readability-function-size)

}  // namespace

const Kernels portable_kernels{.name = "portable",
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
