// Sixteen-bit floating-point numbers as single precision, which holds each of them exactly.
#pragma once

#include <bit>
#include <cstdint>

namespace trommel::dataset {

/// IEEE 754 binary16.
inline float from_half(std::uint16_t bits) {
    const std::uint32_t sign = (bits & 0x8000U) << 16U;
    const std::uint32_t rest = (bits & 0x7fffU) << 13U;  // exponent too low by 127 - 15
    constexpr float scale = 0x1p112F;                    // which also makes subnormals normal
    const bool is_finite = (bits & 0x7c00U) != 0x7c00U;
    const std::uint32_t magnitude =
        is_finite ? std::bit_cast<std::uint32_t>(std::bit_cast<float>(rest) * scale)
                  : rest | 0x7f800000U;
    return std::bit_cast<float>(sign | magnitude);
}

/// The upper half of a float's bits.
inline float from_bfloat16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

}  // namespace trommel::dataset
