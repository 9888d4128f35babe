#include "trommel/pipeline/json_text.hpp"

#include <boost/json.hpp>

namespace trommel {
namespace {

namespace json = boost::json;

void write(const json::value& value, std::size_t indent, std::string& out);

void begin_member(bool first, std::size_t indent, std::string& out) {
    out += first ? "\n" : ",\n";
    out += std::string(indent + 2, ' ');
}

void write(const json::object& object, std::size_t indent, std::string& out) {
    bool first = true;
    out += '{';
    for (const auto& [key, value] : object) {
        begin_member(std::exchange(first, false), indent, out);
        out += json::serialize(json::string(key)) + ": ";
        write(value, indent + 2, out);
    }
    out += '\n' + std::string(indent, ' ') + '}';
}

void write(const json::array& array, std::size_t indent, std::string& out) {
    bool first = true;
    out += '[';
    for (const auto& value : array) {
        begin_member(std::exchange(first, false), indent, out);
        write(value, indent + 2, out);
    }
    out += '\n' + std::string(indent, ' ') + ']';
}

void write(const json::value& value, std::size_t indent, std::string& out) {
    if (const auto* object = value.if_object(); object != nullptr && !object->empty())
        write(*object, indent, out);
    else if (const auto* array = value.if_array(); array != nullptr && !array->empty())
        write(*array, indent, out);
    else
        out += json::serialize(value);
}

}  // namespace

std::string indented(const json::value& value) {
    std::string out;
    write(value, 0, out);
    return out;
}

}  // namespace trommel
