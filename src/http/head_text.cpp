#include "http/head_text.hpp"

#include "http/token.hpp"
#include "trommel/core/error.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <iterator>

namespace trommel::http {
namespace {

constexpr std::array<std::string_view, 5> of_the_connection = {
    "Connection", "Content-Length", "Keep-Alive", "Trailer", "Transfer-Encoding"};

bool belongs_to_connection(std::string_view name) {
    for (const auto own : of_the_connection)
        if (same_token(name, own)) return true;
    return false;
}

}  // namespace

void append_status_line(std::string& text, unsigned status) {
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
    fmt::format_to(std::back_inserter(text),
                   "HTTP/1.1 {} {}\r\n",
                   status,
                   std::string_view(reason.data(), reason.size()));
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
    if (!is_field_name(name) || !is_field_value(value))
        throw Error(fmt::format("the header field '{}' holds what no field can hold", name));
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
}

void append_field(std::string& text, std::string_view name, std::uint64_t value) {
    std::array<char, 20> digits{};  // of 2^64 - 1
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text += name;
    text += ": ";
    text.append(digits.data(), end);
    text += "\r\n";
}

void append_fields(std::string& text, const Headers& headers) {
    for (const auto& field : headers)
        if (!belongs_to_connection(field.name)) append_field(text, field.name, field.value);
}

std::string chunk_line(std::size_t size) { return fmt::format("{:x}\r\n", size); }

std::string http_date(std::time_t time) {
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    // The C locale's names, whatever the program's locale: it never calls setlocale.
    const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

std::optional<std::time_t> parse_http_date(std::string_view text) {
    std::tm parts{};
    const std::string copy(text);
    const char* const end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return timegm(&parts);
}

}  // namespace trommel::http
