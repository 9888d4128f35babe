#include "trommel/core/name.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace trommel {
namespace {

constexpr std::size_t shown_bytes = 80;

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 0;  ///< 0: no valid UTF-8
};

/// How many bytes the first one announces; 0 where none begins so.
std::size_t announced_bytes(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

bool is_overlong_or_surrogate(std::uint32_t value, std::size_t bytes) {
    if (bytes == 3) return value < 0x800 || (value >= 0xd800 && value < 0xe000);
    return bytes == 4 && (value < 0x1'0000 || value > 0x10'ffff);
}

/// The code point with which `text`, which is not empty, begins (RFC 3629).
CodePoint first_of(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const auto bytes = announced_bytes(first);
    if (bytes == 0 || bytes > text.size()) return {};
    std::uint32_t value = bytes == 1 ? first : first & (0x7fU >> bytes);
    for (const char c : text.substr(1, bytes - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80) return {};
        value = value << 6 | (byte & 0x3fU);
    }
    if (is_overlong_or_surrogate(value, bytes)) return {};
    return {value, bytes};
}

/// Controls of both sets, and what Unicode has for the end of a line or a paragraph.
bool is_control(std::uint32_t value) {
    return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0x2028 || value == 0x2029;
}

}  // namespace

std::optional<std::string> fault_of_name(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > max_name_bytes)
        return fmt::format(
            "has {} bytes, more than {}", with_commas(name.size()), with_commas(max_name_bytes));
    while (!name.empty()) {
        const auto next = first_of(name);
        if (next.bytes == 0) return "is not valid UTF-8";
        if (is_control(next.value)) return "holds a control character or a line end";
        name.remove_prefix(next.bytes);
    }
    return std::nullopt;
}

std::string shown(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (out.size() >= shown_bytes) return out + "…";
        const auto next = first_of(text);
        if (next.bytes == 0 || is_control(next.value)) {
            const auto bytes = next.bytes == 0 ? 1 : next.bytes;
            for (const char c : text.substr(0, bytes))
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            text.remove_prefix(bytes);
            continue;
        }
        out += text.substr(0, next.bytes);
        text.remove_prefix(next.bytes);
    }
    return out;
}

}  // namespace trommel
