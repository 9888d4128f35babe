// Schemas of records, from the table by which they are read and written.
#pragma once

#include "server/wire/schema.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <type_traits>
#include <vector>

namespace trommel::server::schema {

Schema state_of_job();
Schema sampling_method();
/// The members by which a request names its strategy.
std::vector<Member> strategy();

namespace detail {

template <typename T>
struct Inner {
    using type = T;
    static constexpr bool may_be_none = false;
};
template <typename T>
struct Inner<std::optional<T>> {
    using type = T;
    static constexpr bool may_be_none = true;
};

template <typename Record, typename Add>
void for_each_member(const Add& add) {
    for_each_field(
        wire::fields<Record>, [&]<auto... Path>(const Field<Path...>& each) {
            using Value = std::remove_reference_t<decltype(each.of(std::declval<Record&>()))>;
            if (!each.info.wire.empty()) add.template operator()<Value>(each.info);
        });
}

}  // namespace detail

/// Of a value in an answer.
template <typename T>
Schema told() {
    if constexpr (std::is_same_v<T, bool>)
        return truth();
    else if constexpr (std::is_same_v<T, Timestamp>)
        return time();
    else if constexpr (std::is_same_v<T, JobState>)
        return state_of_job();
    else if constexpr (std::is_integral_v<T>)
        return integer();
    else if constexpr (std::is_floating_point_v<T>)
        return number();
    else if constexpr (requires(const T& value) { value.text(); })
        return id();
    else
        return text();  // names, masks and endings
}

/// Of a record in an answer: with its members and no others.
template <wire::HasFields Record>
Schema answer() {
    std::vector<Member> members;
    detail::for_each_member<Record>([&]<typename T>(const FieldInfo& info) {
        using Inner = detail::Inner<T>;
        auto schema = told<typename Inner::type>();
        const bool is_nullable = info.presence == Presence::nullable;
        const bool may_be_left_out = info.presence == Presence::optional || Inner::may_be_none;
        if (is_nullable) schema = nullable(std::move(schema));
        members.push_back(
            {std::string(info.wire), std::move(schema), is_nullable || !may_be_left_out});
    });
    return object(members);
}

template <wire::HasFields Record>
Schema request();

/// Of a value in a request.
template <typename T>
Schema asked(const FieldInfo& info) {
    if constexpr (std::is_same_v<T, SamplingMethod>)
        return sampling_method();
    else if constexpr (wire::HasFields<T>)
        return request<T>();
    else if constexpr (std::is_same_v<T, bool>)
        return truth();
    else if constexpr (std::is_floating_point_v<T>)
        return number();
    else if constexpr (std::is_signed_v<T>)
        return integer();
    else if constexpr (std::is_same_v<T, std::uint64_t>)
        return info.most == ~std::uint64_t{0} ? natural() : integer(0);
    else if constexpr (std::is_unsigned_v<T>)
        return integer(0);
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        return list(optional_name());
    else
        return info.presence == Presence::needed ? name() : optional_name();
}

/// Of a record in a request: with members beyond its own allowed.
template <wire::HasFields Record>
Schema request() {
    std::vector<Member> members;
    detail::for_each_member<Record>([&]<typename T>(const FieldInfo& info) {
        if constexpr (std::is_same_v<T, selection::StrategyChoice>) {
            for (auto& each : strategy()) members.push_back(std::move(each));
        } else {
            members.push_back({std::string(info.wire),
                               asked<typename detail::Inner<T>::type>(info),
                               info.presence == Presence::needed});
        }
    });
    return open_object(members);
}

}  // namespace trommel::server::schema
