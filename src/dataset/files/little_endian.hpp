#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace trommel::dataset {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie in files");

/// The number at the front of `bytes`, which are at least as many.
template <typename T>
T little_endian(std::span<const std::byte> bytes) {
    assert(bytes.size() >= sizeof(T));
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

}  // namespace trommel::dataset
