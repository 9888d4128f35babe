#include "learning/features.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace trommel::learning {

void require_finite(std::span<const float> features, std::size_t row) {
    for (std::size_t j = 0; j < features.size(); ++j) {
        if (std::isfinite(features[j])) continue;
        throw DataError(fmt::format(
            "features: row {}, dimension {} is {}; every feature must be a finite number",
            row,
            j,
            features[j]));
    }
}

void require_finite(const Matrix& features) {
    for (std::size_t i = 0; i < features.rows(); ++i) require_finite(features.row(i), i);
}

void require_dimensions(const Matrix& features, std::size_t dimensions, std::string_view whose) {
    if (features.rows() == 0 || features.cols() == dimensions) return;
    throw DataError(fmt::format(
        "features have {} dimensions and {} has {}; use features of the same model for both",
        features.cols(),
        whose,
        dimensions));
}

}  // namespace trommel::learning
