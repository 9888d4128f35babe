// The kernels for AVX2 that are in files of their own; Kernels says what each does.
#pragma once

#include "selection/kernels/kernels.hpp"

namespace trommel::selection::avx2 {

Encoding encode(const float* row,
                const float* mean,
                const CodeScale& scale,
                std::size_t dimensions,
                std::uint8_t* code,
                std::size_t bytes);

NearestCode nearest_code(const std::uint8_t* row,
                         std::int32_t norm,
                         const std::int8_t* const* centers,
                         const std::int32_t* offsets,
                         std::size_t count,
                         std::size_t bytes);

void filter(const CodedRows& rows,
            const CodedBlock& block,
            std::size_t bytes,
            float* squares,
            std::uint16_t* masks);

bool approach(const SideBySide& rows,
              const float* centers,
              std::uint32_t first,
              std::uint16_t mask);

std::uint16_t reaching(const float* low,
                       const float* high,
                       const float* centers,
                       std::size_t width_of_rows,
                       float squared);

}  // namespace trommel::selection::avx2
