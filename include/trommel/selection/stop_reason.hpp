// StopReason: which rule stopped a selection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trommel::selection {

/// Why there are no more picks.
enum class StopReason : std::uint8_t {
    wanted,        ///< as many as asked for
    none_left,     ///< no sample is left to choose from
    min_distance,  ///< the next would be nearer than that to a chosen one
    threshold,     ///< no other sample is within the thresholds
    strategy,      ///< the strategy finds no other sample worth choosing
};

/// `wanted`, `none_left`, `min_distance`, `threshold`, `strategy`.
std::string to_string(StopReason stop_reason);
std::optional<StopReason> parse_stop_reason(std::string_view name);

/// The same for people: `no sample is left`.
std::string describe(StopReason stop_reason);

/// The rule that stopped a selection of `picks`, where `open` samples were to choose from, `within`
/// of them within the thresholds, and `wanted` were asked for, if a number was.
StopReason stop_reason_of(std::size_t picks,
                          std::size_t open,
                          std::size_t within,
                          std::optional<std::size_t> wanted,
                          double min_distance);

}  // namespace trommel::selection
