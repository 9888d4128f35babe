// Schemas: what a body has to look like, once for the check of requests and for the API's
// description. The words are those of JSON Schema that OpenAPI 3.0 takes.
#pragma once

#include "server/wire/numbers.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::server::schema {

using Schema = boost::json::object;

struct Member {
    std::string name{};
    Schema schema{};
    bool is_required = true;
};

Member required(std::string name, Schema schema);
Member optional(std::string name, Schema schema);

Schema text();
Schema name();                                                 ///< as fault_of_name has it
Schema optional_name();                                        ///< the same, or empty
Schema words(std::initializer_list<std::string_view> values);  ///< one of these
Schema integer(std::int64_t least = min_whole, std::int64_t most = max_whole);
Schema natural();  ///< from 0 to 2^64-1
Schema number();
Schema truth();
Schema id();    ///< 24 lower-case hex digits
Schema time();  ///< milliseconds since 1970
Schema list(Schema items);
Schema nullable(Schema schema);
Schema anything();
/// With members beyond these allowed, as clients of any version may send.
Schema open_object(const std::vector<Member>& members);
/// With these members and no others, as clients since 1.4.8 demand.
Schema object(const std::vector<Member>& members);
/// With another schema of some members.
Schema with(Schema object, const std::vector<Member>& members);
/// `#/components/schemas/<name>`.
Schema reference(std::string_view name);

/// What integer() was told.
struct Bounds {
    std::int64_t least = min_whole;
    std::int64_t most = max_whole;
};
Bounds bounds_of(const Schema& integer);

/// What is wrong with `value`, as a sentence that names the place; nothing if it fits. Ids and
/// times are not looked into: what nothing is known by is found out where it is looked for.
std::optional<std::string> fault(const Schema& schema, const boost::json::value& value);

}  // namespace trommel::server::schema
