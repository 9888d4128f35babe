// Numbers of the wire: the one way from what came in to a whole number.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace trommel::server {

inline constexpr std::int64_t min_whole = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t max_whole = std::numeric_limits<std::int64_t>::max();

/// The whole number that all of `text` spells in decimal digits; nothing if it is none, or is out
/// of the range.
std::optional<std::int64_t> parse_whole(std::string_view text,
                                        std::int64_t least = min_whole,
                                        std::int64_t most = max_whole);

/// The same of a JSON value, where 2^63 and more are in no range.
std::optional<std::int64_t> whole_in(const boost::json::value& value,
                                     std::int64_t least = min_whole,
                                     std::int64_t most = max_whole);

/// As far as 64 bits without a sign go.
std::optional<std::uint64_t> natural_in(const boost::json::value& value,
                                        std::uint64_t most = ~std::uint64_t{0});

/// What whole_in gives; throws ApiError 422 with the name of the member where that is nothing.
std::int64_t whole_number(std::string_view name,
                          const boost::json::value& value,
                          std::int64_t least = min_whole,
                          std::int64_t most = max_whole);

}  // namespace trommel::server
