// Records as JSON objects: what `fields<Record>` lists is what is written and what is read.
#pragma once

#include "trommel/platform/wire/json.hpp"
#include "trommel/selection/strategy_choice.hpp"

#include <fmt/format.h>

#include <string>
#include <tuple>

namespace trommel::wire {

/// The table of a record's fields; tables.hpp has them.
template <typename Record>
inline constexpr auto fields = std::tuple<>{};

template <typename T>
concept HasFields = std::tuple_size_v<decltype(fields<T>)> >
0;

/// A strategy appears with its options among the members of what it belongs to, Lightly's methods
/// by their own names, which servers know that know nothing else.
void write_value(ObjectText& object, const FieldInfo& info, const selection::StrategyChoice& value);
void read_members(const boost::json::object& json, selection::StrategyChoice& value);

template <typename T>
void write_value(ObjectText& object, const FieldInfo& info, const T& value) {
    object.add(info.wire, value);
}

/// Adds the members of a record.
template <HasFields Record>
void write_members(ObjectText& object, const Record& record) {
    for_each_field(
        fields<Record>, [&]<auto... Path>(const Field<Path...>& each) {
            const auto& value = each.of(record);
            if (each.info.wire.empty()) return;
            if constexpr (requires { value.has_value(); })
                if (each.info.presence == Presence::nullable) {
                    object.add_nullable(each.info.wire, value);
                    return;
                }
            if (each.info.presence != Presence::optional || !is_none(value))
                write_value(object, each.info, value);
        });
}

template <HasFields Record>
void append_json(std::string& out, const Record& record) {
    ObjectText object(out);
    write_members(object, record);
    object.end();
}

template <HasFields Record>
std::string to_json(const Record& record) {
    std::string json;
    append_json(json, record);
    return json;
}

template <typename T>
void read_member(const boost::json::object& json, const FieldInfo& info, T& value);

/// What is missing is as the record has it, or none where the record may have none.
template <HasFields Record>
void read_members(const boost::json::object& json, Record& record) {
    for_each_field(
        fields<Record>, [&]<auto... Path>(const Field<Path...>& each) {
            if (!each.info.wire.empty() && each.info.presence != Presence::told)
                read_member(json, each.info, each.of(record));
        });
}

template <typename T>
void read_member(const boost::json::object& json, const FieldInfo& info, T& value) {
    if constexpr (std::is_same_v<T, selection::StrategyChoice>) {
        read_members(json, value);
    } else if (const auto* member = find(json, info.wire)) {
        read_value(*member, info, value);
    } else if (info.presence == Presence::needed) {
        throw DataError(fmt::format("it has no text '{}'", info.wire));
    } else if constexpr (requires { value.reset(); }) {
        value.reset();
    }
}

/// A record within another.
template <HasFields Record>
void read_value(const boost::json::value& json, const FieldInfo& info, Record& record) {
    if (!json.is_object()) throw DataError(fmt::format("'{}' is not an object", info.wire));
    read_members(json.get_object(), record);
}

template <HasFields Record>
Record from_json(const boost::json::object& json) {
    Record record{};
    read_members(json, record);
    return record;
}

}  // namespace trommel::wire
