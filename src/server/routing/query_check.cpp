#include "server/routing/query_check.hpp"

#include "server/wire/api_error.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/core/name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::server {

namespace {

[[noreturn]] void refuse_parameter(const std::string& what, unsigned status = 422) {
    throw ApiError(status, "MALFORMED_REQUEST", what);
}

const QueryParameter* declared(const Route& route, std::string_view name) {
    const auto found = std::find_if(route.query.begin(), route.query.end(), [&](const auto& each) {
        return each.name == name;
    });
    return found == route.query.end() ? nullptr : &*found;
}

void check_value(const QueryParameter& parameter, const std::string& value) {
    if (value.size() > max_name_bytes)
        refuse_parameter(fmt::format(
            "'{}' has {} bytes, more than {}", parameter.name, value.size(), max_name_bytes));
    const auto* type = parameter.schema.if_contains("type");
    if (type == nullptr || *type != "integer") return;
    const auto bounds = schema::bounds_of(parameter.schema);
    if (!parse_whole(value, bounds.least, bounds.most))
        refuse_parameter(fmt::format("{} is '{}'; write a whole number from {} to {}",
                                     parameter.name,
                                     shown(value),
                                     bounds.least,
                                     bounds.most));
}

}  // namespace

void check_query(const Route& route, const Target& target) {
    const auto& all = target.all_of_query();
    for (auto each = all.begin(); each != all.end(); ++each) {
        const auto& [name, value] = *each;
        const auto* parameter = declared(route, name);
        const bool is_known = parameter != nullptr || (name == "token" && !route.is_signed);
        if (!is_known && route.is_signed)
            throw ApiError(403, "FORBIDDEN", "a signed URL is used as it is, with nothing added");
        if (!is_known) continue;
        if (std::any_of(all.begin(), each, [&](const auto& other) { return other.first == name; }))
            refuse_parameter(fmt::format("'{}' appears twice in the query", name), 400);
        if (parameter != nullptr && !route.is_signed) check_value(*parameter, value);
    }
}

}  // namespace trommel::server
