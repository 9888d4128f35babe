#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trommel {

/// How many insertions, deletions, replacements and swaps of neighbours turn `a` into `b`.
/// Optimal string alignment distance; Damerau, CACM 1964. O(|a| |b|).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word that `typed` was probably meant to be, or nothing if none is near.
std::optional<std::string> closest(std::string_view typed, std::span<const std::string> words);

/// `1,797`: a count with thousands separated, for people.
std::string with_commas(std::size_t count);

/// The shortest decimal that reads back as the same double; NaN and infinities as nan, inf, -inf.
std::string shortest(double value);

/// The number that all of `text` spells in decimal notation, or nothing. Takes nan, inf and -inf.
std::optional<double> parse_number(std::string_view text);

/// A field of a CSV record: as it is, or quoted where RFC 4180 asks for it.
std::string csv_field(std::string_view text);

/// `text` without the blanks, tabs and line ends at its two ends.
std::string_view trim(std::string_view text);

}  // namespace trommel
