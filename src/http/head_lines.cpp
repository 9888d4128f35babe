#include "http/head_lines.hpp"

#include "http/token.hpp"
#include "trommel/http/message_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace trommel::http {
namespace {

constexpr std::array<std::string_view, 21> not_in_trailers{
    "Authorization", "Cache-Control", "Connection", "Content-Encoding", "Content-Length",
    "Content-Range", "Content-Type",  "Cookie",     "Expect",           "Host",
    "If-Match",      "If-None-Match", "Keep-Alive", "Max-Forwards",     "Proxy-Authorization",
    "Range",         "Set-Cookie",    "TE",         "Trailer",          "Transfer-Encoding",
    "Upgrade"};

[[noreturn]] void refuse_line(const char* what) {
    throw MessageError(400, fmt::format("this is not HTTP: {}", what));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `HTTP/1.0` and `HTTP/1.1`; whether it is the latter.
bool read_version(std::string_view text) {
    const bool has_form = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) &&
                          text[6] == '.' && is_digit(text[7]);
    if (!has_form) refuse_line("the first line has no version, as HTTP/1.1");
    if (text == "HTTP/1.1") return true;
    if (text != "HTTP/1.0")
        throw MessageError(505, "the versions spoken here are HTTP/1.0 and 1.1");
    return false;
}

/// No fragment: it is never sent, and some readers end the target before it.
bool is_in_target(char c) { return c > ' ' && c < '\x7f' && c != '#'; }

/// A path, a whole URL, `*` of OPTIONS, or host and port of CONNECT.
bool is_target_of(std::string_view method, std::string_view target) {
    if (method == "CONNECT") return target.find('/') == std::string_view::npos;
    if (target == "*") return method == "OPTIONS";
    const auto has_scheme = [&](std::string_view scheme) {
        return target.size() > scheme.size() && same_token(target.substr(0, scheme.size()), scheme);
    };
    return target.starts_with('/') || has_scheme("http://") || has_scheme("https://");
}

}  // namespace

void read_request_line(std::string_view line, Head& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        refuse_line("the first line is not a method, target and version");
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    if (!is_field_name(method)) refuse_line("the method is not a word");
    head.is_1_1 = read_version(line.substr(last + 1));
    if (target.empty() || !std::all_of(target.begin(), target.end(), is_in_target))
        refuse_line("the target holds what has to be percent-encoded");
    if (!is_target_of(method, target)) refuse_line("the target is not a path; it begins with '/'");
    head.method = method;
    head.target = target;
}

void read_status_line(std::string_view line, Head& head) {
    head.is_1_1 = read_version(line.substr(0, 8));
    line.remove_prefix(8);
    const bool has_status = line.size() >= 4 && line[0] == ' ' && line[1] >= '1' &&
                            line[1] <= '9' && is_digit(line[2]) && is_digit(line[3]);
    if (!has_status) refuse_line("the first line has no status of three digits");
    std::from_chars(line.data() + 1, line.data() + 4, head.status);
    line.remove_prefix(4);
    if (!line.empty() && line[0] != ' ') refuse_line("the status has more than three digits");
    if (!is_field_value(line)) refuse_line("the reason holds a control character");
}

Headers::Field read_field(std::string_view line) {
    if (line.starts_with(' ') || line.starts_with('\t'))
        refuse_line("a field goes on in a further line");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) refuse_line("a field has no colon");
    const auto name = line.substr(0, colon);
    if (!is_field_name(name)) refuse_line("a field's name is not a word right before its colon");
    const auto value = trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) refuse_line("a field holds a control character");
    return {std::string(name), std::string(value)};
}

void check_trailer_field(const Headers::Field& field) {
    for (const auto name : not_in_trailers)
        if (same_token(field.name, name))
            throw MessageError(400,
                               fmt::format("'{}' appears in the trailer, where it may not", name));
}

}  // namespace trommel::http
