#pragma once

#include "trommel/core/matrix.hpp"

#include <cstddef>
#include <cstdint>

namespace trommel::selection {

/// How a value is stored. The 16-bit ones are widened to single precision exactly.
enum class Precision : std::uint8_t {
    f32,   ///< IEEE single
    f16,   ///< IEEE half
    bf16,  ///< the upper half of a single
};

/// The bytes of one value.
constexpr std::size_t bytes_of(Precision precision) { return precision == Precision::f32 ? 4 : 2; }

/// Embeddings (count, dimensions) that lie somewhere in memory, mapped files included. A view.
struct Rows {
    const void* data = nullptr;
    std::size_t count = 0;
    std::size_t dimensions = 0;
    std::size_t stride = 0;  ///< values from one row to the next; at least `dimensions`
    Precision precision = Precision::f32;

    Rows() = default;
    Rows(const void* first, std::size_t rows, std::size_t cols, Precision kind = Precision::f32)
        : data(first), count(rows), dimensions(cols), stride(cols), precision(kind) {}
    explicit Rows(const Matrix& matrix)
        : Rows(matrix.values().data(), matrix.rows(), matrix.cols()) {}

    /// Where row `i` begins.
    const void* at(std::size_t i) const {
        return static_cast<const std::byte*>(data) + i * stride * bytes_of(precision);
    }
};

}  // namespace trommel::selection
