// JSON of values, as it is written piece by piece, without a tree in between, and as it is read.
#pragma once

#include "trommel/core/error.hpp"
#include "trommel/core/field.hpp"
#include "trommel/dataset/records.hpp"
#include "trommel/platform/sampling_method.hpp"
#include "trommel/selection/stop_reason.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace trommel {

/// `text` in quotes; see core/json_text.hpp.
void append_json(std::string& out, std::string_view text);
inline void append_json(std::string& out, const char* text) {
    append_json(out, std::string_view(text));
}
inline void append_json(std::string& out, const std::string& text) {
    append_json(out, std::string_view(text));
}
/// The shortest decimal that reads back as the same double; null where it is not finite.
void append_json(std::string& out, double value);
void append_json(std::string& out, bool value);
/// Milliseconds since 1970, as all times on the wire.
void append_json(std::string& out, Timestamp time);
void append_json(std::string& out, const std::vector<std::string>& texts);
inline void append_json(std::string& out, const BitMask& mask) { append_json(out, mask.to_hex()); }
template <std::integral T>
requires(!std::same_as<T, bool>) void append_json(std::string& out, T value) {
    out += std::to_string(value);
}
template <typename Kind>
void append_json(std::string& out, const Id<Kind>& id) {
    append_json(out, std::string_view(id.text()));
}
/// States, endings and methods by their names.
template <typename Word>
requires std::is_enum_v<Word>
void append_json(std::string& out, Word word) { append_json(out, to_string(word)); }

/// A JSON object that is written to the end of a text, member by member.
class ObjectText {
public:
    explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

    template <typename T>
    ObjectText& add(std::string_view name, const T& value) {
        append_name(name);
        append_json(out_, value);
        return *this;
    }
    /// Left out where there is none.
    template <typename T>
    ObjectText& add(std::string_view name, const std::optional<T>& value) {
        return value ? add(name, *value) : *this;
    }
    /// `null` where there is none.
    template <typename T>
    ObjectText& add_nullable(std::string_view name, const std::optional<T>& value) {
        return value ? add(name, *value) : add_raw(name, "null");
    }
    /// `json` is a value already.
    ObjectText& add_raw(std::string_view name, std::string_view json) {
        append_name(name);
        out_ += json;
        return *this;
    }
    void end() { out_ += '}'; }

private:
    void append_name(std::string_view name);

    std::string& out_;
    bool is_first_ = true;
};

namespace wire {

/// The member, unless it is missing or null.
const boost::json::value* find(const boost::json::object& object, std::string_view name);

// Each throws DataError, which says what is wrong with the member.

void read_value(const boost::json::value& json, const FieldInfo& info, std::string& value);
void read_value(const boost::json::value& json, const FieldInfo& info, bool& value);
void read_value(const boost::json::value& json, const FieldInfo& info, double& value);
void read_value(const boost::json::value& json, const FieldInfo& info, std::int64_t& value);
void read_value(const boost::json::value& json, const FieldInfo& info, Timestamp& value);
void read_value(const boost::json::value& json, const FieldInfo& info, BitMask& value);
void read_value(const boost::json::value& json,
                const FieldInfo& info,
                std::vector<std::string>& value);
/// Lightly's UNKNOWN is yet to become one of the others.
void read_value(const boost::json::value& json, const FieldInfo& info, JobState& value);
/// None for one of a newer trommel.
void read_value(const boost::json::value& json,
                const FieldInfo& info,
                std::optional<selection::StopReason>& value);
void read_value(const boost::json::value& json, const FieldInfo& info, SamplingMethod& value);

std::uint64_t natural_in(const boost::json::value& json, const FieldInfo& info, std::uint64_t most);

template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) void read_value(const boost::json::value& json,
                                                 const FieldInfo& info,
                                                 T& value) {
    value = static_cast<T>(natural_in(json, info, std::numeric_limits<T>::max()));
}

template <typename Kind>
void read_value(const boost::json::value& json, const FieldInfo& info, Id<Kind>& value) {
    std::string text;
    read_value(json, info, text);
    value = Id<Kind>(std::move(text));
}

/// An empty text or id is none.
template <typename T>
void read_value(const boost::json::value& json, const FieldInfo& info, std::optional<T>& value) {
    T found{};
    read_value(json, info, found);
    if (is_none(found))
        value.reset();
    else
        value = std::move(found);
}

}  // namespace wire
}  // namespace trommel
