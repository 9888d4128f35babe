#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace trommel::test {

/// A fuzzer's bytes as text.
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program where a property that must hold does not, so that the fuzzer keeps the input.
inline void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace trommel::test
