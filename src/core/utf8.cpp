#include "trommel/core/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace trommel {
namespace {

std::size_t announced_bytes(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

/// How many bytes at the head are ASCII: most text is, and eight bytes are looked at in one step.
std::size_t ascii_bytes(std::string_view text) {
    constexpr std::uint64_t high_bits = 0x8080808080808080u;
    std::size_t at = 0;
    for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if ((eight & high_bits) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    return at;
}

/// How many bytes at the head are UTF-8.
std::size_t valid_bytes(std::string_view text) {
    std::size_t at = ascii_bytes(text);
    while (at < text.size()) {
        const auto character = decode_utf8(text.substr(at));
        if (!character) return at;
        at += character->bytes;
        if (character->bytes > 1) continue;
        at += ascii_bytes(text.substr(at));
    }
    return at;
}

void append_hex(std::string& text, char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(byte);
    text += digits[value >> 4];
    text += digits[value & 0xF];
}

}  // namespace

std::optional<Utf8Character> decode_utf8(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t bytes = announced_bytes(lead);
    if (bytes == 0 || bytes > text.size()) return std::nullopt;
    std::uint32_t code = bytes == 1 ? lead : lead & (0xFFu >> (bytes + 1));
    for (const char byte : text.substr(1, bytes - 1)) {
        const auto value = static_cast<unsigned char>(byte);
        if ((value & 0xC0u) != 0x80) return std::nullopt;
        code = code << 6 | (value & 0x3Fu);
    }
    constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < least[bytes] || code > 0x10FFFF || is_surrogate) return std::nullopt;
    return Utf8Character{code, bytes};
}

void append_utf8(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
        return;
    }
    const int following = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    const std::uint32_t lead = 0xF00u >> (following + 1) & 0xFFu;
    text += static_cast<char>(lead | code >> 6 * following);
    for (int i = following - 1; i >= 0; --i)
        text += static_cast<char>(0x80u | (code >> 6 * i & 0x3Fu));
}

bool is_valid_utf8(std::string_view text) { return valid_bytes(text) == text.size(); }

std::string valid_utf8(std::string_view text) { return valid_utf8(text, "\\x"); }

std::string valid_utf8(std::string_view text, std::string_view escape) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const std::size_t good = valid_bytes(text);
        valid += text.substr(0, good);
        text.remove_prefix(good);
        if (text.empty()) break;
        valid += escape;
        append_hex(valid, text.front());
        text.remove_prefix(1);
    }
    return valid;
}

}  // namespace trommel
