#include "pipeline/language/expression_tokens.hpp"

#include "pipeline/language/characters.hpp"
#include "pipeline/language/source_map.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace trommel {
namespace {

using TokenKind = ExpressionToken::Kind;

/// Signs, longer ones before those that begin them.
constexpr std::array<std::string_view, 10> signs{
    "<=", ">=", "==", "!=", "<", ">", "(", ")", ",", "-"};

struct ForeignSign {
    std::string_view sign;
    const char* hint;
};

/// What other languages write.
constexpr auto foreign_signs =
    std::to_array<ForeignSign>({{"&&", "write 'and'"},
                                {"||", "write 'or'"},
                                {"!", "write 'not'"},
                                {"=", "write '==' to compare"},
                                {"${", "write paths without braces: params.goal"}});

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// The bytes at the head of `text` that `belongs` says yes to.
template <typename Belongs>
std::size_t run_of(std::string_view text, Belongs belongs) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) -
                                    text.begin());
}

/// The bytes of the decimal number at the head of `text`: digits, fraction, exponent.
std::size_t number_bytes(std::string_view text) {
    std::size_t bytes = run_of(text, is_digit);
    if (text.substr(bytes).starts_with('.')) bytes += 1 + run_of(text.substr(bytes + 1), is_digit);
    const auto after = text.substr(bytes);
    if (!after.starts_with('e') && !after.starts_with('E')) return bytes;
    const bool has_sign = after.size() > 1 && (after[1] == '-' || after[1] == '+');
    const std::size_t sign = has_sign ? 2 : 1;
    const std::size_t digits = run_of(after.substr(sign), is_digit);
    return digits == 0 ? bytes : bytes + sign + digits;
}

class Tokenizer {
public:
    Tokenizer(const Node& scalar, Diagnostics& diagnostics)
        : scalar_(scalar), text_(scalar.text()), diagnostics_(diagnostics) {}

    std::optional<std::vector<ExpressionToken>> tokens() {
        skip_blanks();
        while (position_ < text_.size()) {
            if (!take()) return std::nullopt;
            skip_blanks();
        }
        tokens_.push_back({.kind = TokenKind::end, .offset = text_.size()});
        return std::move(tokens_);
    }

private:
    std::string_view rest() const { return text_.substr(position_); }
    void skip_blanks() { position_ += run_of(rest(), is_blank); }

    bool take() {
        const char first = rest().front();
        const bool is_fraction = first == '.' && rest().size() > 1 && is_digit(rest()[1]);
        if (is_digit(first) || is_fraction) return take_number();
        if (is_letter(first)) return take_word();
        if (first == '\'' || first == '"') return take_text(first);
        return take_sign();
    }

    bool take_number() {
        const std::size_t digits = number_bytes(rest());
        const std::size_t bytes = digits + run_of(rest().substr(digits), is_letter);
        const auto written = rest().substr(0, bytes);
        if (bytes > digits) return take_duration(written);
        const auto number = parse_number(written);
        if (!number) return refuse(bytes, fmt::format("'{}' is too large a number", written), "");
        const bool is_percent = rest().substr(bytes).starts_with('%');
        add(TokenKind::literal, bytes + (is_percent ? 1 : 0), is_percent ? *number / 100 : *number);
        return true;
    }

    bool take_duration(std::string_view written) {
        const auto duration = parse_duration(written);
        if (!duration) return refuse(written.size(), duration.problem(), "");
        add(TokenKind::literal, written.size(), *duration);
        return true;
    }

    bool take_word() {
        const std::size_t bytes = run_of(
            rest(), [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; });
        const auto word = rest().substr(0, bytes);
        if (word.back() == '.' || word.find("..") != std::string_view::npos)
            return refuse(bytes, "a name is missing beside a dot", "");
        if (word == "true" || word == "false")
            add(TokenKind::literal, bytes, word == "true");
        else
            add(TokenKind::word, bytes, {});
        return true;
    }

    bool take_text(char quote) {
        const std::size_t close = rest().find(quote, 1);
        if (close == std::string_view::npos)
            return refuse(1, "the text that begins here has no closing quote", "");
        add(TokenKind::literal, close + 1, std::string(rest().substr(1, close - 1)));
        return true;
    }

    bool take_sign() {
        for (const auto sign : signs) {
            if (!rest().starts_with(sign)) continue;
            add(TokenKind::sign, sign.size(), {});
            return true;
        }
        for (const auto& foreign : foreign_signs)
            if (rest().starts_with(foreign.sign))
                return refuse(foreign.sign.size(),
                              fmt::format("'{}' is not a sign of this language", foreign.sign),
                              foreign.hint);
        const std::size_t bytes = character_bytes(rest());
        return refuse(
            bytes, fmt::format("'{}' is not a sign of this language", rest().substr(0, bytes)), "");
    }

    void add(TokenKind kind, std::size_t bytes, Expression::Value value) {
        tokens_.push_back(
            {kind, std::string(rest().substr(0, bytes)), position_, std::move(value)});
        position_ += bytes;
    }

    bool refuse(std::size_t bytes, std::string message, std::string hint) {
        diagnostics_.error(
            scalar_.place_at(position_, bytes), "expression", std::move(message), std::move(hint));
        return false;
    }

    const Node& scalar_;
    std::string_view text_;
    Diagnostics& diagnostics_;
    std::vector<ExpressionToken> tokens_;
    std::size_t position_ = 0;
};

}  // namespace

std::optional<std::vector<ExpressionToken>> tokenize(const Node& scalar, Diagnostics& diagnostics) {
    return Tokenizer(scalar, diagnostics).tokens();
}

}  // namespace trommel
