// JSON as text, written piece by piece: answers are built without a tree in between.
#pragma once

#include "trommel/core/id.hpp"
#include "trommel/dataset/records.hpp"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace trommel::server {

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
template <std::integral T>
requires(!std::same_as<T, bool>) void append_json(std::string& out, T value) {
    out += std::to_string(value);
}
template <typename Kind>
void append_json(std::string& out, const Id<Kind>& id) {
    append_json(out, std::string_view(id.text()));
}

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

}  // namespace trommel::server
