#include "trommel/dataset/record.hpp"

#include <fmt/format.h>

#include <cmath>

namespace trommel::dataset {

namespace json = boost::json;

Record::Record(const JsonLines& lines, const json::object& object)
    : lines_(lines), object_(object) {
    const auto* name = object.if_contains("file_name");
    if (name == nullptr) lines_.fail("the record has no 'file_name'");
    if (!name->is_string() || name->get_string().empty())
        lines_.fail("'file_name' must be a string that is not empty");
    name_.assign(name->get_string().data(), name->get_string().size());
}

void Record::fail(std::string_view what) const {
    lines_.fail(fmt::format("sample '{}': {}", name_, what), name_);
}

double Record::number(const json::value& value, std::string_view where) const {
    double number = NAN;
    const auto* const real = value.if_double();
    if (real != nullptr && lines_.non_finite() == NonFinite::keep) return *real;
    if (const auto* i = value.if_int64()) number = static_cast<double>(*i);
    if (const auto* u = value.if_uint64()) number = static_cast<double>(*u);
    if (real != nullptr) number = *real;
    if (!std::isfinite(number)) fail(fmt::format("'{}' must hold finite numbers", where));
    return number;
}

std::vector<double> Record::numbers(const json::value& value, std::string_view where) const {
    std::vector<double> result;
    const auto& values = array(value, where);
    result.reserve(values.size());
    for (const auto& element : values) result.push_back(number(element, where));
    return result;
}

std::int64_t Record::integer(const json::value& value,
                             std::string_view where,
                             std::int64_t least,
                             std::int64_t most) const {
    const auto* number = value.if_int64();
    if (number == nullptr || *number < least || *number > most)
        fail(fmt::format("'{}' must be an integer from {} to {}", where, least, most));
    return *number;
}

std::string Record::text(const json::value& value, std::string_view where) const {
    const auto* text = value.if_string();
    if (text == nullptr || text->empty())
        fail(fmt::format("'{}' must be a string that is not empty", where));
    return {text->data(), text->size()};
}

const json::array& Record::array(const json::value& value, std::string_view where) const {
    const auto* array = value.if_array();
    if (array == nullptr) fail(fmt::format("'{}' must be a list", where));
    return *array;
}

const json::object& Record::object(const json::value& value, std::string_view where) const {
    const auto* object = value.if_object();
    if (object == nullptr) fail(fmt::format("'{}' must be an object", where));
    return *object;
}

const json::value& Record::member(const json::object& object,
                                  std::string_view key,
                                  std::string_view where) const {
    const auto* value = object.if_contains({key.data(), key.size()});
    if (value == nullptr) fail(fmt::format("{} has no '{}'", where, key));
    return *value;
}

}  // namespace trommel::dataset
