#include "server/routing/target.hpp"

#include <charconv>

namespace trommel::server {

namespace {

/// The byte that `%4a` means, if the text begins with one.
std::optional<char> escaped_byte(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') return std::nullopt;
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
    if (error != std::errc{} || end != text.data() + 3) return std::nullopt;
    return static_cast<char>(byte);
}

/// Calls `take` with each part of `text` between separators.
template <typename Take>
void split(std::string_view text, char separator, const Take& take) {
    while (true) {
        const auto end = text.find(separator);
        take(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

std::string_view without_slashes(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string decoded(std::string_view text, bool is_query) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const auto byte = escaped_byte(text.substr(i))) {
            out += *byte;
            i += 2;
        } else {
            out += is_query && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 0xf];
    }
    return out;
}

Target::Target(std::string_view target) {
    const auto mark = target.find('?');
    path_ = target.substr(0, mark);
    const auto path = without_slashes(path_);
    if (!path.empty())
        split(path, '/', [&](std::string_view part) { segments_.push_back(decoded(part, false)); });
    if (mark == std::string_view::npos) return;
    split(target.substr(mark + 1), '&', [&](std::string_view part) {
        const auto equals = part.find('=');
        const auto value =
            equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
        query_.emplace_back(decoded(part.substr(0, equals), true), decoded(value, true));
    });
}

std::optional<std::string> Target::query(std::string_view name) const {
    for (const auto& [key, value] : query_)
        if (key == name) return value;
    return std::nullopt;
}

}  // namespace trommel::server
