#include "trommel/core/name.hpp"

#include "trommel/core/text.hpp"
#include "trommel/core/utf8.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace trommel {
namespace {

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
        const auto next = decode_utf8(name);
        if (!next) return "is not valid UTF-8";
        if (is_control(next->code)) return "holds a control character or a line end";
        name.remove_prefix(next->bytes);
    }
    return std::nullopt;
}

std::string shown(std::string_view text, std::size_t most) {
    std::string out;
    while (!text.empty()) {
        if (out.size() >= most) return out + "…";
        const auto next = decode_utf8(text);
        const auto bytes = next ? next->bytes : 1;
        if (next && !is_control(next->code))
            out += text.substr(0, bytes);
        else
            for (const char c : text.substr(0, bytes))
                out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        text.remove_prefix(bytes);
    }
    return out;
}

}  // namespace trommel
