#include "pipeline/language/expression_term.hpp"
#include "pipeline/language/expression_tokens.hpp"
#include "trommel/pipeline/language/expression.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace trommel {
namespace {

using Term = Expression::Term;
using Kind = Term::Kind;

constexpr std::size_t max_depth = 64;
constexpr std::size_t max_bytes = 4096;

/// The expression is malformed; why has been said.
struct Malformed {};

/// Recursive descent over the grammar in expression.hpp, a function a rule.
class Parser {
public:
    Parser(const Node& scalar, std::vector<ExpressionToken> tokens, Diagnostics& diagnostics)
        : scalar_(scalar), tokens_(std::move(tokens)), diagnostics_(diagnostics) {}

    Term parse() {
        auto whole = parse_or();
        if (next().kind != ExpressionToken::Kind::end)
            fail(fmt::format("'{}' is one word too many", next().text),
                 "join two conditions with 'and' or 'or'");
        return whole;
    }

private:
    const ExpressionToken& next() const { return tokens_[position_]; }

    bool take(std::string_view what) {
        if (!next().is(what)) return false;
        ++position_;
        return true;
    }

    void expect(std::string_view what, std::string_view hint) {
        if (take(what)) return;
        fail(next().kind == ExpressionToken::Kind::end
                 ? fmt::format("'{}' is missing at the end", what)
                 : fmt::format("'{}' appears where '{}' is expected", next().text, what),
             hint);
    }

    Term parse_or() { return parse_chain("or", Kind::disjunction, &Parser::parse_and); }
    Term parse_and() { return parse_chain("and", Kind::conjunction, &Parser::parse_not); }

    Term parse_chain(std::string_view word, Kind kind, Term (Parser::*parse_operand)()) {
        const std::size_t begin = position_;
        auto first = (this->*parse_operand)();
        if (!next().is(word)) return first;
        std::vector<Term> operands{std::move(first)};
        while (take(word)) operands.push_back((this->*parse_operand)());
        return term(kind, begin, std::string(word), std::move(operands));
    }

    Term parse_not() {
        const std::size_t begin = position_;
        if (!take("not")) return parse_comparison();
        std::vector<Term> operands{nested(&Parser::parse_not)};
        return term(Kind::negation, begin, "not", std::move(operands));
    }

    Term parse_comparison() {
        const std::size_t begin = position_;
        auto left = parse_value();
        if (!is_comparison(next())) return left;
        const auto sign = tokens_[position_++].text;
        std::vector<Term> operands{std::move(left), parse_value()};
        if (is_comparison(next())) fail("comparisons do not chain", "write a < b and b < c");
        return term(Kind::comparison, begin, sign, std::move(operands));
    }

    static bool is_comparison(const ExpressionToken& token) {
        constexpr std::array<std::string_view, 6> signs{"<", "<=", ">", ">=", "==", "!="};
        for (const auto sign : signs)
            if (token.is(sign)) return true;
        return false;
    }

    Term parse_value() {
        const std::size_t begin = position_;
        if (take("-")) {
            std::vector<Term> operands{nested(&Parser::parse_value)};
            return term(Kind::minus, begin, "-", std::move(operands));
        }
        if (take("(")) {
            auto inner = nested(&Parser::parse_or);
            expect(")", "each '(' needs its ')'");
            inner.place = place_since(begin);
            return inner;
        }
        if (next().kind == ExpressionToken::Kind::literal) {
            auto literal = term(Kind::literal, position_++, {}, {});
            literal.value = tokens_[begin].value;
            literal.place = place_since(begin);
            return literal;
        }
        return parse_name();
    }

    Term parse_name() {
        const std::size_t begin = position_;
        const bool is_reserved = next().is("and") || next().is("or") || next().is("not");
        if (next().kind != ExpressionToken::Kind::word || is_reserved) fail_no_value();
        auto name = tokens_[position_++].text;
        if (take("(")) return parse_call(begin, std::move(name));
        return term(Kind::path, begin, std::move(name), {});
    }

    Term parse_call(std::size_t begin, std::string name) {
        std::vector<Term> arguments;
        while (!next().is(")")) {
            arguments.push_back(nested(&Parser::parse_or));
            if (!take(",")) break;
        }
        expect(")", "arguments appear between '(' and ')', with commas between them");
        return term(Kind::call, begin, std::move(name), std::move(arguments));
    }

    Term nested(Term (Parser::*parse_inner)()) {
        if (++depth_ > max_depth)
            fail(fmt::format("an expression is at most {} deep", max_depth), "take it apart");
        auto inner = (this->*parse_inner)();
        --depth_;
        return inner;
    }

    Place place_since(std::size_t begin) const {
        const auto& last = tokens_[position_ - 1];
        const std::size_t offset = tokens_[begin].offset;
        return scalar_.place_at(offset, last.offset + last.text.size() - offset);
    }

    Term term(Kind kind, std::size_t begin, std::string name, std::vector<Term> operands) {
        return {.kind = kind,
                .place = place_since(begin),
                .name = std::move(name),
                .operands = std::move(operands)};
    }

    [[noreturn]] void fail_no_value() {
        constexpr std::string_view hint =
            "write a number, a path such as params.goal, or a function";
        if (next().kind == ExpressionToken::Kind::end)
            fail(position_ == 0 ? "the expression is empty" : "a value is missing at the end",
                 hint);
        fail(fmt::format("'{}' appears where a value is expected", next().text), hint);
    }

    [[noreturn]] void fail(std::string message, std::string_view hint) {
        diagnostics_.error(scalar_.place_at(next().offset, next().text.size()),
                           "expression",
                           std::move(message),
                           std::string(hint));
        throw Malformed{};
    }

    const Node& scalar_;
    std::vector<ExpressionToken> tokens_;
    Diagnostics& diagnostics_;
    std::size_t position_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace

std::optional<Expression> parse_expression(const Node& scalar, Diagnostics& diagnostics) {
    if (scalar.is_list() || scalar.is_map() || scalar.text().size() > max_bytes) {
        diagnostics.error(scalar.place(),
                          "expression",
                          "this is not an expression",
                          fmt::format("write one as text of at most {} bytes", max_bytes));
        return std::nullopt;
    }
    auto tokens = tokenize(scalar, diagnostics);
    if (!tokens) return std::nullopt;
    try {
        Parser parser(scalar, *std::move(tokens), diagnostics);
        return Expression(std::make_shared<const Term>(parser.parse()));
    } catch (const Malformed&) {
        return std::nullopt;
    }
}

std::optional<Expression> parse_expression(std::string_view text,
                                           Place base,
                                           Diagnostics& diagnostics) {
    return parse_expression(Node::scalar(base, std::string(text), Node::Form::quoted), diagnostics);
}

}  // namespace trommel
