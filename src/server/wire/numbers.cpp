#include "server/wire/numbers.hpp"

#include "server/wire/api_error.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trommel::server {

std::optional<std::int64_t> parse_whole(std::string_view text,
                                        std::int64_t least,
                                        std::int64_t most) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || number < least || number > most) return std::nullopt;
    return number;
}

std::optional<std::int64_t> whole_in(const boost::json::value& value,
                                     std::int64_t least,
                                     std::int64_t most) {
    std::int64_t number = 0;
    if (value.is_int64())
        number = value.get_int64();
    else if (value.is_uint64() && value.get_uint64() <= static_cast<std::uint64_t>(max_whole))
        number = static_cast<std::int64_t>(value.get_uint64());
    else
        return std::nullopt;
    if (number < least || number > most) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> natural_in(const boost::json::value& value, std::uint64_t most) {
    std::uint64_t number = 0;
    if (value.is_uint64())
        number = value.get_uint64();
    else if (value.is_int64() && value.get_int64() >= 0)
        number = static_cast<std::uint64_t>(value.get_int64());
    else
        return std::nullopt;
    if (number > most) return std::nullopt;
    return number;
}

std::int64_t whole_number(std::string_view name,
                          const boost::json::value& value,
                          std::int64_t least,
                          std::int64_t most) {
    if (const auto number = whole_in(value, least, most)) return *number;
    throw ApiError(422,
                   "MALFORMED_REQUEST",
                   fmt::format("'{}' has to be a whole number from {} to {}", name, least, most));
}

}  // namespace trommel::server
