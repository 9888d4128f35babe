#include "trommel/pipeline/language/scalar.hpp"

#include "pipeline/language/characters.hpp"
#include "trommel/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <system_error>

namespace trommel {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool are_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view without_sign(std::string_view text) {
    return text.starts_with('+') || text.starts_with('-') ? text.substr(1) : text;
}

/// All of `text` as digits of `base`, perhaps with a minus before them.
std::optional<std::int64_t> parse_digits(std::string_view text, int base) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
    return value;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
    const bool is_octal = text.starts_with("0o");
    if (is_octal || text.starts_with("0x")) {
        const auto digits = text.substr(2);
        return digits.starts_with('-') ? std::nullopt : parse_digits(digits, is_octal ? 8 : 16);
    }
    if (!are_digits(without_sign(text))) return std::nullopt;
    return parse_digits(text.starts_with('+') ? text.substr(1) : text, 10);
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
    const auto body = without_sign(text);
    const std::size_t e = body.find_first_of("eE");
    if (e != std::string_view::npos && !are_digits(without_sign(body.substr(e + 1)))) return false;
    const auto mantissa = body.substr(0, e);
    const std::size_t dot = mantissa.find('.');
    const auto whole = mantissa.substr(0, dot);
    if (dot == std::string_view::npos) return are_digits(whole);
    const auto fraction = mantissa.substr(dot + 1);
    if (whole.empty()) return are_digits(fraction);
    return are_digits(whole) && (fraction.empty() || are_digits(fraction));
}

std::optional<double> parse_float(std::string_view text) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return std::nan("");
    if (is_one_of(without_sign(text), {".inf", ".Inf", ".INF"}))
        return text.starts_with('-') ? -infinity : infinity;
    if (!is_float(text)) return std::nullopt;
    return parse_number(text.starts_with('+') ? text.substr(1) : text);
}

std::string canonical_number(double value) {
    if (std::isnan(value)) return ".nan";
    if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
    return shortest(value);
}

}  // namespace

bool spells_null(std::string_view text) {
    return text.empty() || is_one_of(text, {"~", "null", "Null", "NULL"});
}

Scalar resolve_scalar(std::string_view text, bool is_quoted) {
    if (is_quoted) return std::string(text);
    if (spells_null(text)) return std::monostate{};
    if (is_one_of(text, {"true", "True", "TRUE"})) return true;
    if (is_one_of(text, {"false", "False", "FALSE"})) return false;
    if (const auto whole = parse_whole(text)) return *whole;
    // A whole number too long for int64 would lose digits as a double.
    if (are_digits(without_sign(text))) return std::string(text);
    if (const auto number = parse_float(text)) return *number;
    return std::string(text);
}

Scalar scalar_of(const Node& node) {
    if (!node.is_scalar()) return std::monostate{};
    return resolve_scalar(node.text(), node.is_quoted());
}

std::string canonical(const Scalar& value) {
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* number = std::get_if<double>(&value)) return canonical_number(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return {};
}

}  // namespace trommel
