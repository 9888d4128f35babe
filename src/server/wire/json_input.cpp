#include "server/wire/json_input.hpp"

#include "server/wire/api_error.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <array>

namespace trommel::server {

namespace {

constexpr std::array<std::string_view, 3> literals{"NaN", "Infinity", "-Infinity"};

boost::json::value parse(const std::string& text, boost::json::error_code& error) {
    return boost::json::parse(text, error, {}, {.max_depth = 64});
}

/// Where the string that begins at `begin` ends, one after its quote.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
    for (auto i = begin + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i + 1;
        }
    }
    return text.size();
}

std::size_t length_of_literal(std::string_view rest) {
    for (const auto literal : literals)
        if (rest.starts_with(literal)) return literal.size();
    return 0;
}

}  // namespace

std::string without_literals(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '"') {
            const auto end = end_of_string(text, i);
            out += text.substr(i, end - i);
            i = end;
        } else if (const auto length = length_of_literal(text.substr(i)); length > 0) {
            out += "null";
            i += length;
        } else {
            out += text[i++];
        }
    }
    return out;
}

boost::json::value parse_json(const std::string& text) {
    if (text.empty()) return boost::json::object();
    boost::json::error_code error;
    auto value = parse(text, error);
    if (error) value = parse(without_literals(text), error);
    if (error)
        throw ApiError(
            400, "MALFORMED_REQUEST", fmt::format("the body is not JSON: {}", error.message()));
    return value;
}

const boost::json::value* find_member(const boost::json::value& object, std::string_view name) {
    return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

boost::json::object members_of(const boost::json::value& object,
                               std::initializer_list<std::string_view> names) {
    boost::json::object members;
    for (const auto name : names)
        if (const auto* member = find_member(object, name)) members[name] = *member;
    return members;
}

std::string text_member(const boost::json::value& object, std::string_view name) {
    const auto* member = find_member(object, name);
    if (member == nullptr || !member->is_string()) return {};
    return std::string(member->get_string());
}

std::string json_member(const boost::json::value& object,
                        std::string_view name,
                        std::string_view otherwise) {
    const auto* member = find_member(object, name);
    return member == nullptr ? std::string(otherwise) : json_text(*member);
}

}  // namespace trommel::server
