#include "selection/candidates.hpp"

#include <bit>

namespace trommel::selection {

const float* single(const Rows& rows, std::size_t sample, const Kernels& kernels, float* room) {
    const void* row = rows.at(sample);
    if (rows.precision == Precision::f32) return static_cast<const float*>(row);
    const auto* halves = static_cast<const std::uint16_t*>(row);
    if (rows.precision == Precision::f16) {
        kernels.widen_halves(halves, rows.dimensions, room);
        return room;
    }
    for (std::size_t j = 0; j < rows.dimensions; ++j)
        room[j] = std::bit_cast<float>(static_cast<std::uint32_t>(halves[j]) << 16U);
    return room;
}

}  // namespace trommel::selection
