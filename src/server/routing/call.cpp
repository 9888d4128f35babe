#include "server/routing/call.hpp"

#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>

namespace trommel::server {

namespace {

std::optional<std::size_t> number_in(const Call& call, std::string_view name) {
    const auto text = call.query(name);
    if (!text) return std::nullopt;
    std::size_t number = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc{} || stop != end)
        throw ApiError(422,
                       "MALFORMED_REQUEST",
                       fmt::format("{} is '{}'; write a whole number of at least 0", name, *text));
    return number;
}

}  // namespace

Page within(Page page, std::size_t size) {
    page.first = std::min(page.first, size);
    page.count = std::min(page.count, size - page.first);
    return page;
}

const std::string& Call::parameter(std::string_view name) const {
    const auto found = std::find_if(
        parameters.begin(), parameters.end(), [&](const auto& each) { return each.first == name; });
    assert(found != parameters.end() && "a route names what it asks for");
    return found->second;
}

bool Call::flag(std::string_view name) const {
    const auto value = query(name);
    return value && (*value == "True" || *value == "true" || *value == "1");
}

Page Call::page() const {
    return {
        .first = number_in(*this, "pageOffset").value_or(0),
        .count = number_in(*this, "pageSize").value_or(std::numeric_limits<std::size_t>::max())};
}

std::string Call::text(std::string_view name) const { return text_member(json, name); }

}  // namespace trommel::server
