// Field: what there is to say of one member of a record, once for all who read, write or compare
// it. The fields of a record are a tuple of these, its table.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace trommel {

/// Whether a member is in the JSON of its record.
enum class Presence {
    needed,    ///< always written; nothing is read without it
    usual,     ///< always written; where it is missing, the record keeps what it has
    optional,  ///< not written where it is none or empty
    nullable,  ///< null where it is none
    told,      ///< always written, never read
};

/// What several records say together, of a number.
enum class Together { nothing, least, most };

struct FieldInfo {
    std::string_view name{};  ///< in messages and as a column; none: of JSON alone
    std::string_view wire{};  ///< in JSON; none: not in it
    Presence presence = Presence::optional;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();  ///< of a whole number
    Together together = Together::nothing;
    /// Of a request: what it leaves out, the platform fills in.
    bool is_filled_in = false;
    std::string_view option{};  ///< of the stage that makes the request; none: it is none as such
    std::string_view help{};    ///< of that option
    bool is_share = false;      ///< that option: 1% or 0.01
};

/// The member at the end of a path of member pointers.
template <auto... Path>
struct Field {
    FieldInfo info{};

    template <typename Record>
    static constexpr auto& of(Record& record) {
        return (record.*....*Path);
    }
};

template <auto... Path>
constexpr Field<Path...> field(FieldInfo info) {
    return {info};
}

/// Of JSON alone.
template <auto... Path>
constexpr Field<Path...> field(std::string_view wire, Presence presence = Presence::usual) {
    return {{.wire = wire, .presence = presence}};
}

template <typename... Fields, typename Do>
constexpr void for_each_field(const std::tuple<Fields...>& table, Do&& work) {
    std::apply([&](const auto&... each) { (work(each), ...); }, table);
}

/// The table of a record's member as fields of the record itself.
template <auto Member, typename... Fields>
constexpr auto fields_beneath(const std::tuple<Fields...>& table) {
    constexpr auto beneath = []<auto... Path>(const Field<Path...>& each) {
        return Field<Member, Path...>{each.info};
    };
    return std::apply([&](const auto&... each) { return std::tuple{beneath(each)...}; }, table);
}

/// Whether a value says nothing: no value, or an empty text, id or list.
template <typename T>
bool is_none(const T& value) {
    if constexpr (requires { value.has_value(); })
        return !value.has_value();
    else if constexpr (requires { value.empty(); })
        return value.empty();
    else
        return false;
}

}  // namespace trommel
