#include "server/wire/schema.hpp"

#include "server/wire/models.hpp"
#include "trommel/core/name.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::server::schema {

namespace {

using boost::json::array;
using boost::json::value;

Schema of_type(std::string_view type) { return {{"type", type}}; }

Schema object_of(const std::vector<Member>& members, bool is_open) {
    boost::json::object properties;
    array names;
    for (const auto& member : members) {
        properties[member.name] = member.schema;
        if (member.is_required) names.emplace_back(member.name);
    }
    Schema schema = of_type("object");
    schema["properties"] = std::move(properties);
    if (!names.empty()) schema["required"] = std::move(names);
    if (!is_open) schema["additionalProperties"] = false;
    return schema;
}

bool has_type(const value& value, std::string_view type) {
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
}

std::string named(std::string_view place) {
    return place.empty() ? "the body" : fmt::format("'{}'", place);
}

std::string joined(std::string_view place, std::string_view name) {
    return place.empty() ? std::string(name) : fmt::format("{}.{}", place, name);
}

bool holds(const array& words, std::string_view word) {
    return std::any_of(words.begin(), words.end(), [&](const value& each) {
        return std::string_view(each.get_string()) == word;
    });
}

std::optional<std::string> fault_at(const Schema& schema, const value& value, std::string_view at);

/// The first member beside those that a closed object has.
std::optional<std::string> fault_of_others(const Schema& schema,
                                           const boost::json::object& object,
                                           std::string_view at) {
    const auto& known = schema.at("properties").get_object();
    if (!schema.contains("additionalProperties")) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, member] : known) names.emplace_back(name);
    for (const auto& [name, member] : object)
        if (!known.contains(name))
            return fmt::format("{} has no member '{}'; it takes {}",
                               named(at),
                               shown(name),
                               fmt::join(names, ", "));
    return std::nullopt;
}

std::optional<std::string> fault_of_range(const Schema& schema,
                                          const value& value,
                                          std::string_view at) {
    if (schema.contains("x-natural")) {
        if (natural_in(value)) return std::nullopt;
        return fmt::format("{} has to be a whole number from 0 to 2^64-1", named(at));
    }
    const auto bounds = bounds_of(schema);
    if (whole_in(value, bounds.least, bounds.most)) return std::nullopt;
    return fmt::format(
        "{} has to be a whole number from {} to {}", named(at), bounds.least, bounds.most);
}

std::optional<std::string> fault_of_members(const Schema& schema,
                                            const boost::json::object& object,
                                            std::string_view at) {
    const auto* required = schema.if_contains("required");
    for (const auto& [name, member] : schema.at("properties").get_object()) {
        const bool is_required = required != nullptr && holds(required->get_array(), name);
        const auto* found = object.if_contains(name);
        if (found == nullptr && is_required)
            return fmt::format("{} has no '{}'", named(at), std::string_view(name));
        // What clients do not have, most leave out, and some write as null.
        if (found == nullptr || (found->is_null() && !is_required)) continue;
        if (auto fault = fault_at(member.get_object(), *found, joined(at, name))) return fault;
    }
    return fault_of_others(schema, object, at);
}

std::optional<std::string> fault_of_items(const Schema& schema,
                                          const array& items,
                                          std::string_view at) {
    const auto& item = schema.at("items").get_object();
    for (std::size_t i = 0; i < items.size(); ++i)
        // The place costs more than the check, and is wanted for a faulty one alone.
        if (fault_at(item, items[i], at))
            return fault_at(item, items[i], fmt::format("{}[{}]", at, i));
    return std::nullopt;
}

std::optional<std::string> fault_of_word(const Schema& schema,
                                         const value& value,
                                         std::string_view at) {
    const std::string_view text = value.get_string();
    if (schema.contains("maxLength") && (!text.empty() || schema.contains("minLength")))
        if (const auto fault = fault_of_name(text))
            return fmt::format("{} is '{}', which {}", named(at), shown(text), *fault);
    const auto* words = schema.if_contains("enum");
    if (words == nullptr) return std::nullopt;
    const auto& all = words->get_array();
    if (std::find(all.begin(), all.end(), value) != all.end()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& word : all) names.emplace_back(word.get_string());
    return fmt::format(
        "{} is '{}' but has to be one of {}", named(at), shown(text), fmt::join(names, ", "));
}

std::optional<std::string> fault_at(const Schema& schema, const value& value, std::string_view at) {
    if (const auto* other = schema.if_contains("$ref"))
        return fault_at(model(other->get_string()), value, at);
    const auto* type = schema.if_contains("type");
    if (type == nullptr) return std::nullopt;
    if (value.is_null() && schema.contains("nullable")) return std::nullopt;
    const std::string_view name = type->get_string();
    if (!has_type(value, name)) return fmt::format("{} has to be of type {}", named(at), name);
    if (name == "object" && schema.contains("properties"))
        return fault_of_members(schema, value.get_object(), at);
    if (name == "integer") return fault_of_range(schema, value, at);
    if (name == "array") return fault_of_items(schema, value.get_array(), at);
    return name == "string" ? fault_of_word(schema, value, at) : std::nullopt;
}

}  // namespace

Member required(std::string name, Schema schema) { return {std::move(name), std::move(schema)}; }

Member optional(std::string name, Schema schema) {
    return {std::move(name), std::move(schema), false};
}

Schema text() { return of_type("string"); }

Schema optional_name() {
    Schema schema = text();
    schema["maxLength"] = max_name_bytes;
    schema["pattern"] = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$";
    return schema;
}

Schema name() {
    Schema schema = optional_name();
    schema["minLength"] = 1;
    return schema;
}

Schema words(std::initializer_list<std::string_view> values) {
    array names;
    for (const auto value : values) names.emplace_back(value);
    Schema schema = text();
    schema["enum"] = std::move(names);
    return schema;
}

Schema integer(std::int64_t least, std::int64_t most) {
    Schema schema = of_type("integer");
    schema["format"] = "int64";
    if (least != min_whole) schema["minimum"] = least;
    if (most != max_whole) schema["maximum"] = most;
    return schema;
}

Schema natural() {
    Schema schema = of_type("integer");
    schema["minimum"] = 0;
    schema["maximum"] = ~std::uint64_t{0};
    schema["x-natural"] = true;
    return schema;
}

Bounds bounds_of(const Schema& integer) {
    Bounds bounds;
    if (const auto* least = integer.if_contains("minimum")) bounds.least = least->as_int64();
    if (const auto* most = integer.if_contains("maximum")) bounds.most = most->as_int64();
    return bounds;
}

Schema number() { return of_type("number"); }
Schema truth() { return of_type("boolean"); }

Schema id() {
    Schema schema = text();
    schema["pattern"] = "^[a-f0-9]{24}$";
    return schema;
}

Schema time() {
    Schema schema = integer();
    schema["description"] = "milliseconds since 1970";
    return schema;
}

Schema list(Schema items) {
    Schema schema = of_type("array");
    schema["items"] = std::move(items);
    return schema;
}

Schema nullable(Schema schema) {
    schema["nullable"] = true;
    return schema;
}

Schema anything() { return {}; }

Schema open_object(const std::vector<Member>& members) { return object_of(members, true); }
Schema object(const std::vector<Member>& members) { return object_of(members, false); }

Schema with(Schema object, const std::vector<Member>& members) {
    auto& properties = object.at("properties").get_object();
    for (const auto& member : members) properties[member.name] = member.schema;
    return object;
}

Schema reference(std::string_view name) {
    return {{"$ref", fmt::format("#/components/schemas/{}", name)}};
}

std::optional<std::string> fault(const Schema& schema, const value& value) {
    return fault_at(schema, value, "");
}

}  // namespace trommel::server::schema
