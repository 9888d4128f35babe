#include "trommel/core/json_text.hpp"

#include "trommel/core/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <cmath>
#include <random>

namespace trommel {
namespace {

namespace json = boost::json;

std::string random_text(std::mt19937& random) {
    std::string bytes(random() % 20, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 256);
    return bytes;
}

json::value random_value(std::mt19937& random, int depth) {
    if (depth == 0 || random() % 3 == 0) return json::string(random_text(random));
    if (random() % 5 == 0) return random() % 2 == 0 ? INFINITY : 0.5;
    json::object object;
    json::array array;
    for (unsigned i = 0; i < random() % 4; ++i) {
        object[random_text(random)] = random_value(random, depth - 1);
        array.push_back(random_value(random, depth - 1));
    }
    if (random() % 2 == 0) return array;
    return object;
}

/// The value as a reader finds it: texts as valid_utf8 shows them, null for what is not finite.
json::value as_read(const json::value& value) {
    if (const auto* text = value.if_string()) return json::string(valid_utf8(*text));
    if (const auto* number = value.if_double())
        return std::isfinite(*number) ? value : json::value(nullptr);
    if (const auto* array = value.if_array()) {
        json::array read;
        for (const auto& element : *array) read.push_back(as_read(element));
        return read;
    }
    if (const auto* object = value.if_object()) {
        json::object read;
        for (const auto& [key, member] : *object) read[valid_utf8(key)] = as_read(member);
        return read;
    }
    return value;
}

}  // namespace

TEST_CASE("JSON with a byte that is not text shows the byte's number", "[core]") {
    const json::value value{{"n\xE4me", "caf\xE9 \"\\"}};
    CHECK(json_text(value) == R"({"n\\xE4me":"caf\\xE9 \"\\"})");
    CHECK(indented(value) == "{\n  \"n\\\\xE4me\": \"caf\\\\xE9 \\\"\\\\\"\n}");
    CHECK(json::parse(json_text(value)).at("n\\xE4me") == "caf\\xE9 \"\\");
}

TEST_CASE("a number for which JSON has no word is null", "[core]") {
    const json::value value{std::nan(""), json::array{INFINITY}, json::object{{"x", -INFINITY}}};
    CHECK(json_text(value) == R"([null,[null],{"x":null}])");
    CHECK(json::parse(indented(value)) == json::parse(json_text(value)));
}

TEST_CASE("whatever is written as JSON can be read", "[core]") {
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
        const json::value value = random_value(random, 4);
        const json::value expected = as_read(value);
        REQUIRE(json::parse(json_text(value)) == expected);
        REQUIRE(json::parse(indented(value)) == expected);
        const auto text = random_text(random);
        REQUIRE(json::parse(json_string(text)) == json::string(valid_utf8(text)));
    }
}

}  // namespace trommel
