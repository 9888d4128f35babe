// Ending: which rule stopped a selection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trommel::selection {

/// Why there are no more picks.
enum class Ending : std::uint8_t {
    wanted,        ///< as many as asked for
    none_left,     ///< no sample is left to choose from
    min_distance,  ///< the next would be nearer than that to a chosen one
    strategy,      ///< the strategy finds no other sample worth choosing
};

/// `wanted`, `none_left`, `min_distance`, `strategy`.
std::string to_string(Ending ending);
std::optional<Ending> parse_ending(std::string_view name);

/// The rule that stopped a selection of `picks`, where `open` samples were to choose from and
/// `wanted` were asked for, if a number was.
Ending ending_of(std::size_t picks,
                 std::size_t open,
                 std::optional<std::size_t> wanted,
                 double min_distance);

}  // namespace trommel::selection
