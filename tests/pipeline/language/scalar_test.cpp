#include "trommel/pipeline/language/scalar.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>

namespace trommel {
namespace {

Scalar plain(std::string_view text) { return resolve_scalar(text, false); }

}  // namespace

TEST_CASE("plain words have the types of the YAML 1.2 core schema", "[language]") {
    for (const auto* nothing : {"", "~", "null", "Null", "NULL"}) CHECK(plain(nothing) == Scalar());
    for (const auto* yes : {"true", "True", "TRUE"}) CHECK(plain(yes) == Scalar(true));
    for (const auto* no : {"false", "False", "FALSE"}) CHECK(plain(no) == Scalar(false));
    CHECK(plain("42") == Scalar(std::int64_t{42}));
    CHECK(plain("+42") == Scalar(std::int64_t{42}));
    CHECK(plain("-42") == Scalar(std::int64_t{-42}));
    CHECK(plain("0x1F") == Scalar(std::int64_t{31}));
    CHECK(plain("0o17") == Scalar(std::int64_t{15}));
    CHECK(plain("1.5") == Scalar(1.5));
    CHECK(plain("-.5") == Scalar(-0.5));
    CHECK(plain("2.") == Scalar(2.0));
    CHECK(plain("+1e3") == Scalar(1000.0));
    CHECK(plain("-.inf") == Scalar(-std::numeric_limits<double>::infinity()));
    CHECK(plain("+.INF") == Scalar(std::numeric_limits<double>::infinity()));
    CHECK(std::isnan(std::get<double>(plain(".nan"))));
}

TEST_CASE("what YAML 1.1 took for something else is what it looks like", "[language]") {
    CHECK(plain("010") == Scalar(std::int64_t{10}));
    for (const auto* text : {"no", "yes", "on", "off", "n", "tRUE", "1_000", "12:30", "0b11"})
        CHECK(plain(text) == Scalar(text));
}

TEST_CASE("what only looks like a number is text", "[language]") {
    for (const auto* text : {"0x",
                             "0o8",
                             "0x-1",
                             "+0x1",
                             "1e",
                             "e5",
                             ".",
                             "-",
                             "+-1",
                             "1.2.3",
                             "inf",
                             "nan",
                             "1 ",
                             "--1"})
        CHECK(plain(text) == Scalar(text));
}

TEST_CASE("a number that would lose digits stays text", "[language]") {
    CHECK(plain("9223372036854775807") == Scalar(std::numeric_limits<std::int64_t>::max()));
    CHECK(plain("-9223372036854775808") == Scalar(std::numeric_limits<std::int64_t>::min()));
    CHECK(plain("9223372036854775808") == Scalar("9223372036854775808"));
    CHECK(plain("1e999") == Scalar("1e999"));
}

TEST_CASE("what is quoted is text", "[language]") {
    CHECK(resolve_scalar("5", true) == Scalar("5"));
    CHECK(resolve_scalar("", true) == Scalar(""));
    CHECK(scalar_of(Node::scalar({}, "~", Node::Form::quoted)) == Scalar("~"));
    CHECK(scalar_of(Node::scalar({}, "~")) == Scalar());
    CHECK(scalar_of(Node::list({}, {})) == Scalar());
}

TEST_CASE("a value is written in one way and reads back", "[language]") {
    CHECK(canonical(plain("0x10")) == "16");
    CHECK(canonical(plain("1.50")) == "1.5");
    CHECK(canonical(plain("TRUE")) == "true");
    CHECK(canonical(plain("~")).empty());
    CHECK(canonical(Scalar("as it is")) == "as it is");
    for (const auto* text : {"-7", "false", "0.1", ".inf", "-.inf"})
        CHECK(canonical(plain(text)) == text);
    CHECK(canonical(plain(".NaN")) == ".nan");
}

}  // namespace trommel
