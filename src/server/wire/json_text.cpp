#include "server/wire/json_text.hpp"

#include "trommel/core/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace trommel::server {

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

void ObjectText::append_name(std::string_view name) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    append_json(out_, name);
    out_ += ':';
}

}  // namespace trommel::server
