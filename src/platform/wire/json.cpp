#include "trommel/platform/wire/json.hpp"

#include "trommel/core/json_text.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace trommel {

void append_json(std::string& out, std::string_view text) { append_json_string(out, text); }

void append_json(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    std::array<char, 32> buffer;
    const auto* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    out.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

void append_json(std::string& out, bool value) { out += value ? "true" : "false"; }

void append_json(std::string& out, Timestamp time) {
    out += std::to_string(time.time_since_epoch().count());
}

void append_json(std::string& out, const std::vector<std::string>& texts) {
    out += '[';
    for (const auto& text : texts) {
        if (&text != &texts.front()) out += ',';
        append_json(out, text);
    }
    out += ']';
}

void ObjectText::append_name(std::string_view name) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    append_json(out_, name);
    out_ += ':';
}

namespace wire {

using boost::json::value;

namespace {

constexpr double most_of_a_double = 1e15;  ///< beyond, not every whole number is one

template <typename... Args>
[[noreturn]] void refuse_value(fmt::format_string<Args...> what, Args&&... args) {
    throw DataError(fmt::format(what, std::forward<Args>(args)...));
}

}  // namespace

const value* find(const boost::json::object& object, std::string_view name) {
    const value* const member = object.if_contains(name);
    return member == nullptr || member->is_null() ? nullptr : member;
}

void read_value(const value& json, const FieldInfo& info, std::string& value) {
    if (!json.is_string()) refuse_value("it has no text '{}'", info.wire);
    value = json.get_string();
}

void read_value(const value& json, const FieldInfo& info, bool& value) {
    if (!json.is_bool()) refuse_value("'{}' is neither true nor false", info.wire);
    value = json.get_bool();
}

void read_value(const value& json, const FieldInfo& info, double& value) {
    if (!json.is_number()) refuse_value("'{}' is not a number", info.wire);
    value = json.to_number<double>();
}

std::uint64_t natural_in(const value& json, const FieldInfo& info, std::uint64_t most) {
    most = std::min(most, info.most);
    std::uint64_t number = 0;
    bool is_natural = false;
    if (json.is_uint64()) {
        number = json.get_uint64();
        is_natural = true;
    } else if (json.is_int64()) {
        number = static_cast<std::uint64_t>(json.get_int64());
        is_natural = json.get_int64() >= 0;
    } else if (json.is_double()) {
        is_natural = json.get_double() >= 0 && json.get_double() <= most_of_a_double;
        if (is_natural) number = static_cast<std::uint64_t>(json.get_double());
    }
    if (!is_natural || number > most)
        refuse_value("'{}' has to be a whole number from 0 to {}", info.wire, most);
    return number;
}

void read_value(const value& json, const FieldInfo& info, std::int64_t& value) {
    if (json.is_int64())
        value = json.get_int64();
    else
        value = static_cast<std::int64_t>(
            natural_in(json, info, std::numeric_limits<std::int64_t>::max()));
}

void read_value(const value& json, const FieldInfo& info, Timestamp& value) {
    const auto most = static_cast<std::uint64_t>(most_of_a_double);
    value = Timestamp(std::chrono::milliseconds(natural_in(json, info, most)));
}

void read_value(const value& json, const FieldInfo& info, BitMask& value) {
    std::string text;
    read_value(json, info, text);
    value = BitMask::from_hex(text);
}

void read_value(const value& json, const FieldInfo& info, std::vector<std::string>& value) {
    if (!json.is_array()) refuse_value("'{}' is not a list", info.wire);
    value.clear();
    for (const auto& each : json.get_array()) read_value(each, info, value.emplace_back());
}

void read_value(const value& json, const FieldInfo& info, JobState& value) {
    std::string text;
    read_value(json, info, text);
    const auto state = text == "UNKNOWN" ? JobState::waiting : parse_job_state(text);
    if (!state) refuse_value("'{}' is not a state of a job", text);
    value = *state;
}

void read_value(const value& json,
                const FieldInfo& info,
                std::optional<selection::StopReason>& value) {
    std::string text;
    read_value(json, info, text);
    value = selection::parse_stop_reason(text);
}

void read_value(const value& json, const FieldInfo& info, SamplingMethod& value) {
    std::string text;
    read_value(json, info, text);
    const auto method = parse_sampling_method(text);
    if (!method) refuse_value("'{}' is not a method of Lightly", text);
    value = *method;
}

}  // namespace wire
}  // namespace trommel
