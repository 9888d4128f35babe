// JSON that came in.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace trommel::server {

/// The value that `text` spells; no text means `{}`. Python writes the literals NaN, Infinity
/// and -Infinity, which are not JSON: they are read as null. Throws ApiError 400.
boost::json::value parse_json(const std::string& text);

/// `text` with these literals, where they appear outside of strings, replaced by null.
std::string without_literals(std::string_view text);

/// A member of an object; null if it is not there.
const boost::json::value* find_member(const boost::json::value& object, std::string_view name);

/// Those of its members that have these names.
boost::json::object members_of(const boost::json::value& object,
                               std::initializer_list<std::string_view> names);

/// A member that is text; empty if it is not there.
std::string text_member(const boost::json::value& object, std::string_view name);

/// A member as JSON; `otherwise` if it is not there.
std::string json_member(const boost::json::value& object,
                        std::string_view name,
                        std::string_view otherwise);

}  // namespace trommel::server
