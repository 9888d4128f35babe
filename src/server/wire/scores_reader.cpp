#include "server/wire/scores_reader.hpp"

#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace trommel::server {

namespace {

// Members beside the scores are a name and perhaps a word or two.
constexpr std::size_t max_rest = 65536;
constexpr std::size_t max_token = 64;

[[noreturn]] void refuse(unsigned status, const std::string& what) {
    throw ApiError(status, "MALFORMED_REQUEST", what);
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::optional<double> literal(std::string_view token) {
    if (token == "NaN") return 0.0;
    if (token == "Infinity") return std::numeric_limits<double>::max();
    if (token == "-Infinity") return std::numeric_limits<double>::lowest();
    return std::nullopt;
}

std::optional<double> to_value(std::string_view token) {
    const bool is_number = token.front() == '-' || (token.front() >= '0' && token.front() <= '9');
    if (!is_number || token == "-Infinity") return literal(token);
    double value = 0;
    const auto* end = token.data() + token.size();
    const auto [stop, error] = std::from_chars(token.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

}  // namespace

void ScoresReader::read(std::string_view piece) {
    while (!piece.empty()) {
        if (in_values_) {
            piece.remove_prefix(read_values(piece));
            continue;
        }
        if (in_string_) {
            read_in_string(piece.front());
        } else {
            read_outside(piece.front());
        }
        if (rest_.size() > max_rest) refuse(413, "the upload holds much that is not a score");
        piece.remove_prefix(1);
    }
}

void ScoresReader::read_in_string(char c) {
    rest_ += c;
    if (escaped_) {
        escaped_ = false;
    } else if (c == '"') {
        in_string_ = false;
        return;
    } else if (c == '\\') {
        escaped_ = true;
    }
    string_ += c;
}

void ScoresReader::read_outside(char c) {
    rest_ += c;
    if (is_blank(c)) return;
    const bool opens = after_name_ && c == '[';
    after_name_ = c == ':' && depth_ == 1 && string_ == "scores";
    if (c == '"') {
        in_string_ = true;
        string_.clear();
    } else if (opens) {
        open_list();
    } else if (c == '{' || c == '[') {
        ++depth_;
    } else if ((c == '}' || c == ']') && depth_ > 0) {
        --depth_;
    }
}

void ScoresReader::open_list() {
    if (seen_) refuse(422, "the upload has two lists of 'scores'");
    in_values_ = true;
    seen_ = true;
    string_.clear();
}

std::size_t ScoresReader::read_values(std::string_view piece) {
    std::size_t i = 0;
    for (; i < piece.size(); ++i) {
        const char c = piece[i];
        if (c != ',' && c != ']' && !is_blank(c)) {
            extend_token(c);
            continue;
        }
        if (!token_.empty()) take_value();
        if (c == ',') note_comma();
        if (c != ']') continue;
        if (value_expected_) refuse(400, "the body is not JSON: a comma ends the scores");
        rest_ += ']';
        in_values_ = false;
        return i + 1;
    }
    return i;
}

void ScoresReader::extend_token(char c) {
    if (token_.size() == max_token) take_value();
    token_ += c;
}

void ScoresReader::note_comma() {
    if (value_expected_ || values_.empty())
        refuse(400, "the body is not JSON: a score is missing before a comma");
    value_expected_ = true;
}

void ScoresReader::take_value() {
    if (!value_expected_ && !values_.empty())
        refuse(400, "the body is not JSON: a comma is missing between scores");
    const auto value = to_value(token_);
    if (!value)
        refuse(422, fmt::format("score {} is {}, which is not a number", values_.size(), token_));
    if (values_.size() == max_values_)
        refuse(422, fmt::format("there are more than {} scores", max_values_));
    values_.push_back(*value);
    token_.clear();
    value_expected_ = false;
}

UploadedScores ScoresReader::finish() {
    const auto rest = parse_json(rest_);
    const auto* type = find_member(rest, "scoreType");
    if (in_values_) refuse(400, "the body is not JSON: it ends within the scores");
    if (type == nullptr || !type->is_string()) refuse(422, "the body has no text 'scoreType'");
    const auto* scores = find_member(rest, "scores");
    if (!seen_ || scores == nullptr || !scores->is_array())
        refuse(422, "the body has no list 'scores'");
    return {.type = std::string(type->get_string()), .values = std::move(values_)};
}

}  // namespace trommel::server
