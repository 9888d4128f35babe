#include "stages/model_server/inference_message.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/dataset/files/half.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

namespace trommel::stages {
namespace {

namespace json = boost::json;

static_assert(std::endian::native == std::endian::little, "tensors are little-endian");

constexpr std::size_t most_values = std::size_t{1} << 30;

template <typename T>
double load(const char* at) {
    T value{};
    std::memcpy(&value, at, sizeof value);
    return static_cast<double>(value);
}

double load_half(const char* at) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, at, sizeof bits);
    return static_cast<double>(dataset::from_half(bits));
}

double load_bfloat16(const char* at) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, at, sizeof bits);
    return static_cast<double>(dataset::from_bfloat16(bits));
}

template <typename T>
void store(char* at, double value) {
    const auto narrow = static_cast<T>(value);
    std::memcpy(at, &narrow, sizeof narrow);
}

/// Doubles hold whole numbers exactly up to here.
constexpr double most_whole = 0x1p53;

struct Datatype {
    std::string_view name;
    std::size_t bytes;
    double (*load)(const char* at);
    void (*store)(char* at, double value) = nullptr;  ///< none: it is only read
    double least = 0;                                 ///< of what is stored; whole
    double most = 0;                                  ///< less than `least`: any number
};

template <typename T>
constexpr Datatype whole(std::string_view name) {
    return {.name = name,
            .bytes = sizeof(T),
            .load = load<T>,
            .store = store<T>,
            .least = std::max(-most_whole, static_cast<double>(std::numeric_limits<T>::min())),
            .most = std::min(most_whole, static_cast<double>(std::numeric_limits<T>::max()))};
}

constexpr std::array datatypes{
    Datatype{"FP32", 4, load<float>, store<float>, 0, -1},
    Datatype{"FP64", 8, load<double>, store<double>, 0, -1},
    Datatype{"FP16", 2, load_half},
    Datatype{"BF16", 2, load_bfloat16},
    whole<std::int64_t>("INT64"),
    whole<std::int32_t>("INT32"),
    whole<std::int16_t>("INT16"),
    whole<std::int8_t>("INT8"),
    whole<std::uint64_t>("UINT64"),
    whole<std::uint32_t>("UINT32"),
    whole<std::uint16_t>("UINT16"),
    whole<std::uint8_t>("UINT8"),
    Datatype{"BOOL", 1, load<std::uint8_t>},
};

const Datatype& datatype_of(const Tensor& tensor) {
    for (const auto& type : datatypes)
        if (type.name == tensor.datatype) return type;
    throw DataError(fmt::format(
        "tensor '{}': has the datatype {}, which is not a number", tensor.name, tensor.datatype));
}

/// That of a tensor which is to be written. Throws DataError on one that is only read, and on
/// values that it does not have.
const Datatype& written_datatype_of(const Tensor& tensor) {
    const auto& type = datatype_of(tensor);
    if (type.store == nullptr)
        throw DataError(fmt::format(
            "tensor '{}': cannot be sent as {}; take FP32", tensor.name, tensor.datatype));
    if (type.most < type.least) return type;
    for (const double value : tensor.values) {
        if (value >= type.least && value <= type.most && value == std::floor(value)) continue;
        throw DataError(
            fmt::format("tensor '{}': {} is not of the datatype {}: give whole numbers from {} to "
                        "{}, or another 'datatype'",
                        tensor.name,
                        value,
                        type.name,
                        type.least,
                        type.most));
    }
    return type;
}

std::string bytes_of(const Tensor& tensor) {
    const auto& type = written_datatype_of(tensor);
    std::string bytes(tensor.values.size() * type.bytes, '\0');
    char* at = bytes.data();
    for (const double value : tensor.values) {
        type.store(at, value);
        at += type.bytes;
    }
    return bytes;
}

/// The shortest text that reads back exactly.
std::to_chars_result write_number(char* begin, char* end, double value, const Datatype& type) {
    if (type.least <= type.most) return std::to_chars(begin, end, static_cast<std::int64_t>(value));
    if (type.name == "FP32") return std::to_chars(begin, end, static_cast<float>(value));
    return std::to_chars(begin, end, value);
}

/// A JSON array.
std::string numbers_of(const Tensor& tensor) {
    const auto& type = written_datatype_of(tensor);
    std::string text = "[";
    std::array<char, 32> digits{};
    for (const double value : tensor.values) {
        if (!std::isfinite(value))
            throw DataError(
                fmt::format("tensor '{}': has a value that JSON has no number for; "
                            "send it binary",
                            tensor.name));
        if (text.size() > 1) text += ',';
        auto* const begin = digits.data();
        auto* const end = begin + digits.size();
        text.append(begin, write_number(begin, end, value, type).ptr);
    }
    return text + ']';
}

/// `"name":…,"shape":…,"datatype":…,` and the values or their size; the bytes go to `tail`.
std::string describe(const Tensor& tensor, TensorForm form, std::string& tail) {
    auto text = fmt::format(R"({{"name":{},"shape":[{}],"datatype":"{}",)",
                            json_string(tensor.name),
                            fmt::join(tensor.shape, ","),
                            tensor.datatype);
    if (form == TensorForm::json) return text + "\"data\":" + numbers_of(tensor) + '}';
    const auto bytes = bytes_of(tensor);
    tail += bytes;
    return text + fmt::format(R"("parameters":{{"binary_data_size":{}}}}})", bytes.size());
}

std::string list_of(const std::vector<Tensor>& tensors, TensorForm form, std::string& tail) {
    std::string list;
    for (const auto& tensor : tensors)
        list += (list.empty() ? "" : ",") + describe(tensor, form, tail);
    return '[' + list + ']';
}

InferenceBody joined(std::string text, const std::string& tail, TensorForm form) {
    InferenceBody body;
    if (form == TensorForm::binary) body.json_bytes = text.size();
    body.bytes = std::move(text) + tail;
    return body;
}

json::object parse(std::string_view text) {
    json::error_code error;
    auto value = json::parse(text, error);
    if (error) throw DataError(fmt::format("malformed JSON: {}", error.message()));
    if (!value.is_object()) throw DataError("the JSON is not an object");
    return std::move(value.as_object());
}

/// The JSON and the bytes behind it.
std::pair<std::string_view, std::string_view> split(const InferenceBody& body) {
    const std::string_view all = body.bytes;
    if (!body.json_bytes) return {all, {}};
    if (*body.json_bytes > all.size())
        throw DataError(fmt::format("{} says {} bytes, and the body has {}",
                                    inference_header_length,
                                    *body.json_bytes,
                                    all.size()));
    return {all.substr(0, *body.json_bytes), all.substr(*body.json_bytes)};
}

std::string text_field(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_string())
        throw DataError(fmt::format("a tensor without a text '{}'", key));
    return std::string(value->as_string());
}

std::vector<std::size_t> shape_of(const json::object& object, const std::string& name) {
    const auto* value = object.if_contains("shape");
    if (value == nullptr || !value->is_array())
        throw DataError(fmt::format("tensor '{}': has no shape", name));
    std::vector<std::size_t> shape;
    std::size_t all = 1;
    for (const auto& length : value->as_array()) {
        json::error_code error;
        shape.push_back(length.to_number<std::size_t>(error));
        if (error || shape.back() > most_values || (all *= shape.back()) > most_values)
            throw DataError(
                fmt::format("tensor '{}': its shape is not a list of lengths, or has more "
                            "than {} values",
                            name,
                            most_values));
    }
    return shape;
}

std::size_t size_of(const Tensor& tensor) {
    std::size_t size = 1;
    for (const auto length : tensor.shape) size *= length;
    return size;
}

/// Boost 1.81 reads a text as the nearest double or one beside it; the nearest float is then exact.
double as(std::string_view datatype, double value) {
    return datatype == "FP32" ? static_cast<double>(static_cast<float>(value)) : value;
}

/// Arrays within arrays, flat.
void flatten(const json::array& data, Tensor& tensor) {
    for (const auto& value : data) {
        json::error_code error;
        if (value.is_array())
            flatten(value.as_array(), tensor);
        else if (value.is_bool())
            tensor.values.push_back(value.as_bool() ? 1 : 0);
        else
            tensor.values.push_back(as(tensor.datatype, value.to_number<double>(error)));
        if (error)
            throw DataError(fmt::format(
                "tensor '{}': value {} is not a number", tensor.name, tensor.values.size() - 1));
    }
}

void read_bytes(std::string_view bytes, Tensor& tensor) {
    const auto& type = datatype_of(tensor);
    if (bytes.size() != size_of(tensor) * type.bytes)
        throw DataError(fmt::format("tensor '{}': {} bytes for the shape ({}) of {}, which has {}",
                                    tensor.name,
                                    bytes.size(),
                                    fmt::join(tensor.shape, ", "),
                                    type.name,
                                    size_of(tensor) * type.bytes));
    tensor.values.reserve(size_of(tensor));
    for (std::size_t at = 0; at < bytes.size(); at += type.bytes)
        tensor.values.push_back(type.load(bytes.data() + at));
}

void read_numbers(const json::object& object, Tensor& tensor) {
    datatype_of(tensor);
    const auto* data = object.if_contains("data");
    if (data == nullptr || !data->is_array())
        throw DataError(
            fmt::format("tensor '{}': has neither data nor binary_data_size", tensor.name));
    flatten(data->as_array(), tensor);
    if (tensor.values.size() != size_of(tensor))
        throw DataError(fmt::format("tensor '{}': {} values for the shape ({})",
                                    tensor.name,
                                    tensor.values.size(),
                                    fmt::join(tensor.shape, ", ")));
}

/// Nothing: its values are in the JSON.
std::optional<std::size_t> binary_size(const json::object& object, const std::string& name) {
    const auto* parameters = object.if_contains("parameters");
    if (parameters == nullptr || !parameters->is_object()) return std::nullopt;
    const auto* size = parameters->as_object().if_contains("binary_data_size");
    if (size == nullptr) return std::nullopt;
    json::error_code error;
    const auto bytes = size->to_number<std::size_t>(error);
    if (error) throw DataError(fmt::format("tensor '{}': binary_data_size is not a length", name));
    return bytes;
}

/// Whether the object has this parameter and it is true.
bool is_set(const json::object& object, std::string_view parameter) {
    const auto* parameters = object.if_contains("parameters");
    if (parameters == nullptr || !parameters->is_object()) return false;
    const auto* value = parameters->as_object().if_contains(parameter);
    return value != nullptr && value->is_bool() && value->as_bool();
}

/// Takes its bytes from the beginning of `tail`.
Tensor read_tensor(const json::value& value, std::string_view& tail) {
    if (!value.is_object()) throw DataError("a tensor that is not an object");
    const auto& object = value.as_object();
    Tensor tensor;
    tensor.name = text_field(object, "name");
    tensor.datatype = text_field(object, "datatype");
    tensor.shape = shape_of(object, tensor.name);
    const auto bytes = binary_size(object, tensor.name);
    if (!bytes) {
        read_numbers(object, tensor);
        return tensor;
    }
    if (*bytes > tail.size())
        throw DataError(fmt::format("tensor '{}': the body ends {} bytes before its end",
                                    tensor.name,
                                    *bytes - tail.size()));
    read_bytes(tail.substr(0, *bytes), tensor);
    tail.remove_prefix(*bytes);
    return tensor;
}

}  // namespace

InferenceBody write_request(const std::vector<Tensor>& inputs,
                            const std::vector<std::string>& outputs,
                            TensorForm form) {
    const bool binary = form == TensorForm::binary;
    std::string tail;
    std::string text = "{\"inputs\":" + list_of(inputs, form, tail);
    std::string wanted;
    for (const auto& name : outputs)
        wanted += fmt::format(R"({}{{"name":{},"parameters":{{"binary_data":{}}}}})",
                              wanted.empty() ? "" : ",",
                              json_string(name),
                              binary);
    if (!outputs.empty()) text += ",\"outputs\":[" + wanted + ']';
    if (outputs.empty() && binary) text += R"(,"parameters":{"binary_data_output":true})";
    return joined(text + '}', tail, form);
}

InferenceBody write_response(const std::string& model,
                             const std::vector<Tensor>& outputs,
                             TensorForm form) {
    std::string tail;
    auto text = fmt::format(
        R"({{"model_name":{},"outputs":{}}})", json_string(model), list_of(outputs, form, tail));
    return joined(std::move(text), tail, form);
}

std::vector<Tensor> read_tensors(const InferenceBody& body, std::string_view list) {
    auto [text, tail] = split(body);
    const auto object = parse(text);
    const auto* tensors = object.if_contains(list);
    if (tensors == nullptr || !tensors->is_array())
        throw DataError(fmt::format("there is no list '{}'", list));
    std::vector<Tensor> result;
    for (const auto& value : tensors->as_array()) result.push_back(read_tensor(value, tail));
    if (!tail.empty())
        throw DataError(fmt::format("{} bytes more than its tensors have", tail.size()));
    return result;
}

bool wants_binary(const InferenceBody& request) {
    const auto object = parse(split(request).first);
    if (is_set(object, "binary_data_output")) return true;
    const auto* outputs = object.if_contains("outputs");
    if (outputs == nullptr || !outputs->is_array()) return false;
    return std::ranges::any_of(outputs->as_array(), [](const json::value& output) {
        return output.is_object() && is_set(output.as_object(), "binary_data");
    });
}

bool has_binary_tensors(std::string_view description) {
    json::error_code error;
    const auto value = json::parse(description, error);
    if (error || !value.is_object()) return false;
    const auto* extensions = value.as_object().if_contains("extensions");
    if (extensions == nullptr || !extensions->is_array()) return false;
    return std::ranges::find(extensions->as_array(), json::value("binary_tensor_data")) !=
           extensions->as_array().end();
}

std::string error_text(std::string_view body) {
    json::error_code error;
    const auto value = json::parse(body, error);
    if (!error && value.is_object())
        if (const auto* text = value.as_object().if_contains("error"))
            if (text->is_string()) return std::string(text->as_string());
    return std::string(body.substr(0, 200));
}

}  // namespace trommel::stages
