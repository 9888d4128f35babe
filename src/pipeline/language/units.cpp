#include "trommel/pipeline/language/units.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

namespace trommel {
namespace {

struct Unit {
    std::string_view name;
    double size;
};

constexpr double second = 1000;  // milliseconds

constexpr auto durations = std::to_array<Unit>(
    {{"ms", 1}, {"s", second}, {"m", 60 * second}, {"h", 3600 * second}, {"d", 86400 * second}});

constexpr auto byte_counts = std::to_array<Unit>({{"B", 1},
                                                  {"kB", 1e3},
                                                  {"MB", 1e6},
                                                  {"GB", 1e9},
                                                  {"TB", 1e12},
                                                  {"KiB", 1024.0},
                                                  {"MiB", 1048576.0},
                                                  {"GiB", 1073741824.0},
                                                  {"TiB", 1099511627776.0}});

constexpr auto periods = std::to_array<Unit>({{"/s", 1}, {"/m", 60}, {"/h", 3600}});

/// Integers up to this are exact as doubles.
constexpr double largest_exact = 9007199254740992.0;

struct Quantity {
    double number;
    std::string_view unit;
};

/// `text` as a number of at least 0 with what follows it.
std::optional<Quantity> split(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = parse_number(text.substr(0, digits));
    if (!number) return std::nullopt;
    return Quantity{*number, text.substr(digits)};
}

/// The number of `text` in units of size 1, if one of `units` follows it.
std::optional<double> measure(std::string_view text, std::span<const Unit> units) {
    const auto quantity = split(text);
    if (!quantity) return std::nullopt;
    for (const auto& unit : units)
        if (unit.name == quantity->unit) return quantity->number * unit.size;
    return std::nullopt;
}

/// True when `value` is a whole number, give or take what decimals lose on their way to binary.
bool is_whole(double value) { return std::abs(value - std::round(value)) <= 1e-9 * (1 + value); }

}  // namespace

Reading<std::chrono::milliseconds> parse_duration(std::string_view text) {
    using Result = Reading<std::chrono::milliseconds>;
    const auto count = measure(text, durations);
    if (!count)
        return Result::failed(
            fmt::format("'{}' is not a duration; write 500ms, 30s, 10m, 2h or 1d", text));
    if (*count > largest_exact)
        return Result::failed(fmt::format("'{}' is longer than any clock counts", text));
    if (!is_whole(*count))
        return Result::failed(fmt::format("'{}' is finer than a millisecond", text));
    return Result::of(std::chrono::milliseconds(std::llround(*count)));
}

Reading<std::uint64_t> parse_bytes(std::string_view text) {
    using Result = Reading<std::uint64_t>;
    const auto count = measure(text, byte_counts);
    if (!count)
        return Result::failed(
            fmt::format("'{}' is not a number of bytes; write 512B, 10kB, 64MiB or 1GiB", text));
    if (*count > largest_exact)
        return Result::failed(fmt::format("'{}' is more than any machine holds", text));
    if (!is_whole(*count))
        return Result::failed(fmt::format("'{}' is not a whole number of bytes", text));
    return Result::of(static_cast<std::uint64_t>(std::llround(*count)));
}

Reading<double> parse_rate(std::string_view text) {
    const auto quantity = split(text);
    for (const auto& period : periods)
        if (quantity && quantity->unit == period.name && quantity->number > 0)
            return Reading<double>::of(quantity->number / period.size);
    return Reading<double>::failed(
        fmt::format("'{}' is not a rate above zero; write 5/s, 300/m or 1000/h", text));
}

Reading<double> parse_share(std::string_view text) {
    const auto quantity = split(text);
    const bool is_percent = quantity && quantity->unit == "%";
    if (!quantity || (!is_percent && !quantity->unit.empty()))
        return Reading<double>::failed(fmt::format("'{}' is not a share; write 1% or 0.01", text));
    const double share = is_percent ? quantity->number / 100 : quantity->number;
    if (share <= 1) return Reading<double>::of(share);
    return Reading<double>::failed(
        fmt::format("'{}' is more than all; a share is at most 100% or 1", text));
}

std::string to_text(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    for (std::size_t i = std::size(durations); i-- > 1;) {
        const auto size = static_cast<std::int64_t>(durations[i].size);
        if (count != 0 && count % size == 0)
            return fmt::format("{}{}", count / size, durations[i].name);
    }
    return fmt::format("{}ms", count);
}

}  // namespace trommel
