#include "trommel/core/json_text.hpp"

#include "trommel/core/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace trommel {
namespace {

namespace json = boost::json;

/// Whether Boost.JSON writes the value as JSON, but for bytes that are not UTF-8.
bool is_writable(const json::value& value) {
    if (const auto* number = value.if_double()) return std::isfinite(*number);
    if (const auto* array = value.if_array()) return std::ranges::all_of(*array, is_writable);
    if (const auto* object = value.if_object())
        return std::ranges::all_of(*object,
                                   [](const auto& member) { return is_writable(member.value()); });
    return true;
}

/// The value with null in place of each number that is not finite.
json::value writable(json::value value) {
    if (auto* array = value.if_array())
        for (auto& element : *array) element = writable(std::move(element));
    else if (auto* object = value.if_object())
        for (auto& member : *object) member.value() = writable(std::move(member.value()));
    else if (!is_writable(value))
        value = nullptr;
    return value;
}

void write(const json::value& value, std::size_t indent, std::string& out);

void begin_member(bool first, std::size_t indent, std::string& out) {
    out += first ? "\n" : ",\n";
    out += std::string(indent + 2, ' ');
}

void write(const json::object& object, std::size_t indent, std::string& out) {
    bool first = true;
    out += '{';
    for (const auto& [key, value] : object) {
        begin_member(std::exchange(first, false), indent, out);
        append_json_string(out, key);
        out += ": ";
        write(value, indent + 2, out);
    }
    out += '\n' + std::string(indent, ' ') + '}';
}

void write(const json::array& array, std::size_t indent, std::string& out) {
    bool first = true;
    out += '[';
    for (const auto& value : array) {
        begin_member(std::exchange(first, false), indent, out);
        write(value, indent + 2, out);
    }
    out += '\n' + std::string(indent, ' ') + ']';
}

void write(const json::value& value, std::size_t indent, std::string& out) {
    if (const auto* object = value.if_object(); object != nullptr && !object->empty())
        write(*object, indent, out);
    else if (const auto* array = value.if_array(); array != nullptr && !array->empty())
        write(*array, indent, out);
    else
        out += json_text(value);
}

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

/// RFC 8259, section 7.
void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
        return;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += digits[byte >> 4];
    out += digits[byte & 0xf];
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
        const auto plain = static_cast<std::size_t>(end - text.begin());
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;
        append_escaped(out, text.front());
        text.remove_prefix(1);
    }
    out += '"';
}

}  // namespace

std::string json_text(const json::value& value) {
    std::string text =
        is_writable(value) ? json::serialize(value) : json::serialize(writable(value));
    if (is_valid_utf8(text)) return text;
    // Such bytes appear in strings only, in which the backslash is to be escaped itself.
    return valid_utf8(text, "\\\\x");
}

std::string indented(const json::value& value) {
    std::string out;
    write(value, 0, out);
    return out;
}

void append_json_string(std::string& out, std::string_view text) {
    if (is_valid_utf8(text))
        append_quoted(out, text);
    else
        append_quoted(out, valid_utf8(text));
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace trommel
