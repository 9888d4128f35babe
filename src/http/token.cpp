#include "http/token.hpp"

#include <algorithm>
#include <array>

namespace trommel::http {
namespace {

constexpr auto token_chars = [] {
    std::array<bool, 256> chars{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        chars[static_cast<unsigned char>(c)] = true;
    return chars;
}();

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What appears before `separator`, which with it leaves `text`.
std::string_view take(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto part = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// Whether one of the parameters is a weight of nothing: 'q=0', 'q=0.000'.
bool is_refused(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto parameter = take(parameters, ';');
        if (parameter.size() > 2 && lower(parameter[0]) == 'q' && parameter[1] == '=')
            return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
    }
    return false;
}

}  // namespace

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same_token(std::string_view a, std::string_view b) {
    const auto same = [](char x, char y) { return lower(x) == lower(y); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

bool accepts(std::string_view value, std::string_view coding) {
    bool any = false;
    while (!value.empty()) {
        auto entry = take(value, ',');
        const auto name = take(entry, ';');
        if (same_token(name, coding)) return !is_refused(entry);
        any = any || (name == "*" && !is_refused(entry));
    }
    return any;
}

bool has_word(std::string_view value, std::string_view word) {
    while (!value.empty())
        if (same_token(take(value, ','), word)) return true;
    return false;
}

bool is_token_char(char c) { return token_chars[static_cast<unsigned char>(c)]; }

bool is_field_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) {
    const auto fits = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return c == '\t' || (byte >= 0x20 && byte != 0x7f);
    };
    return std::all_of(text.begin(), text.end(), fits);
}

}  // namespace trommel::http
