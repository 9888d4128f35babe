#include "server/routing/call.hpp"

#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/core/name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>

namespace trommel::server {

namespace {

std::optional<std::size_t> natural_in_query(const Call& call, std::string_view name) {
    const auto text = call.query(name);
    if (!text) return std::nullopt;
    const auto number = parse_whole(*text, 0);
    if (!number)
        throw ApiError(
            422,
            "MALFORMED_REQUEST",
            fmt::format("{} is '{}'; write a whole number of at least 0", name, shown(*text)));
    return static_cast<std::size_t>(*number);
}

auto found_in(const std::vector<std::pair<std::string, std::string>>& parameters,
              std::string_view name) {
    return std::find_if(
        parameters.begin(), parameters.end(), [&](const auto& each) { return each.first == name; });
}

}  // namespace

Page within(Page page, std::size_t size) {
    page.first = std::min(page.first, size);
    page.count = std::min(page.count, size - page.first);
    return page;
}

const std::string& Call::parameter(std::string_view name) const {
    const auto found = found_in(parameters, name);
    assert(found != parameters.end() && "a route names what it asks for");
    return found->second;
}

bool Call::has_parameter(std::string_view name) const {
    return found_in(parameters, name) != parameters.end();
}

bool Call::flag(std::string_view name) const {
    const auto value = query(name);
    return value && (*value == "True" || *value == "true" || *value == "1");
}

Page Call::page() const {
    return {
        .first = natural_in_query(*this, "pageOffset").value_or(0),
        .count =
            natural_in_query(*this, "pageSize").value_or(std::numeric_limits<std::size_t>::max())};
}

std::string Call::text(std::string_view name) const { return text_member(json, name); }

}  // namespace trommel::server
