#include "server/observe/log_lines.hpp"

#include "server/observe/line_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace trommel::server {

namespace {

bool is_plain(char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=' && c != '\'';
}

void append_text(std::string& line, std::string_view text) {
    if (!text.empty() && text.size() <= most_of_text && std::ranges::all_of(text, is_plain))
        line += text;
    else
        append_quoted(line, text);
}

void append_number(std::string& line, std::uint64_t number) {
    fmt::format_to(std::back_inserter(line), "{}", number);
}

/// JSON knows no infinities.
void append_number(std::string& line, double number) {
    fmt::format_to(std::back_inserter(line), "{:.3f}", std::isfinite(number) ? number : 0.0);
}

void append_value(std::string& line, const LogField& field, bool is_json) {
    if (const auto* text = std::get_if<std::string_view>(&field.value))
        return is_json ? append_quoted(line, *text) : append_text(line, *text);
    if (const auto* number = std::get_if<std::uint64_t>(&field.value))
        return append_number(line, *number);
    append_number(line, std::get<double>(field.value));
}

}  // namespace

std::string text_line(std::string_view source,
                      std::string_view message,
                      std::initializer_list<LogField> fields) {
    std::string line;
    append_words(line, source);
    line += ": ";
    append_words(line, message);
    for (const auto& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        append_value(line, field, false);
    }
    return line;
}

std::string json_members(std::string_view source,
                         std::string_view message,
                         std::initializer_list<LogField> fields) {
    std::string line = "\"source\":";
    append_quoted(line, source);
    line += ",\"message\":";
    append_quoted(line, message);
    for (const auto& field : fields) {
        line += ",\"";
        line += field.name;
        line += "\":";
        append_value(line, field, true);
    }
    return line;
}

}  // namespace trommel::server
