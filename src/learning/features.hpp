// What fit, predict and standardisation ask of features.
#pragma once

#include "trommel/core/matrix.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace trommel::learning {

/// Throws DataError, naming the row, if a value is NaN or infinite.
void require_finite(std::span<const float> features, std::size_t row);
void require_finite(const Matrix& features);

/// Throws DataError unless `features` (of any samples) have `dimensions`; `whose` says whose those
/// are.
void require_dimensions(const Matrix& features, std::size_t dimensions, std::string_view whose);

}  // namespace trommel::learning
