#include "trommel/pipeline/language/expression.hpp"

#include "pipeline/language/findings.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using Type = Expression::Type;

PathType type_of_path(std::string_view path) {
    const std::map<std::string, Type, std::less<>> types{
        {"params.goal", Type::number},
        {"params.method", Type::text},
        {"params.eager", Type::boolean},
        {"params.patience", Type::duration},
        {"metrics.evaluate.accuracy", Type::number},
        {"metrics.my-stage.f1", Type::number},
        {"state.labeled.count", Type::number},
    };
    PathType answer;
    for (const auto& [known, type] : types) {
        answer.known.push_back(known);
        if (known == path) answer.type = type;
    }
    return answer;
}

/// A run in its fifth round, with one metric so far.
class FifthRound final : public Environment {
public:
    std::uint32_t round() const override { return 5; }
    std::chrono::milliseconds elapsed() const override { return 3h; }
    std::chrono::system_clock::time_point now() const override { return {}; }
    std::optional<double> fact(Fact, std::string_view) const override { return std::nullopt; }
    std::vector<double> agreements() const override { return {}; }

    std::optional<Expression::Value> value(std::string_view path) const override {
        if (path == "params.goal") return 0.9;
        if (path == "params.method") return std::string("CORAL");
        if (path == "params.eager") return true;
        if (path == "params.patience") return std::chrono::milliseconds(2h);
        if (path == "state.labeled.count") return 120.0;
        if (path == "metrics.evaluate.accuracy") return 0.95;
        return std::nullopt;
    }

    std::vector<double> history(std::string_view metric) const override {
        if (metric != "evaluate.accuracy") return {};
        return {0.5, 0.9, 0.94, 0.945, 0.95};
    }
};

/// What parsing and checking have against the text, which begins at line 1, column 1.
Lines faults(const std::string& text) {
    Diagnostics diagnostics;
    const auto expression = parse_expression(text, {1, 1, 1}, diagnostics);
    if (expression) check(*expression, type_of_path, diagnostics);
    return findings(diagnostics);
}

bool truth(const std::string& text) {
    REQUIRE(faults(text) == Lines{});
    Diagnostics diagnostics;
    const FifthRound environment;
    return evaluate(parse_expression(text, {1, 1, 1}, diagnostics).value(), environment);
}

}  // namespace

TEST_CASE("numbers, texts, truths and durations compare with their like", "[language]") {
    CHECK(truth("round >= 5"));
    CHECK_FALSE(truth("round > 5"));
    CHECK(truth("round != 4.5"));
    CHECK(truth("-1 < round"));
    CHECK(truth("--5 == round"));
    CHECK(truth("round <= 5e0"));
    CHECK(truth(".5 < 1.e1"));
    CHECK(truth("params.method == 'CORAL'"));
    CHECK(truth("params.method != \"CORESET\""));
    CHECK(truth("params.eager == true"));
    CHECK(truth("elapsed() > params.patience"));
    CHECK(truth("elapsed() == 3h"));
    CHECK_FALSE(truth("elapsed() < 1.5h"));
    CHECK(truth("state.labeled.count > 100"));
    CHECK(truth("metrics.evaluate.accuracy >= params.goal"));
}

TEST_CASE("not binds tighter than and and and tighter than or", "[language]") {
    CHECK(truth("true or true and false"));
    CHECK_FALSE(truth("(true or true) and false"));
    CHECK(truth("not false and true"));
    CHECK_FALSE(truth("not (false and true) and false"));
    CHECK(truth("not not params.eager"));
    CHECK(truth("not 1 > 2"));
}

TEST_CASE("a comparison with a value that is not there yet decides nothing", "[language]") {
    CHECK_FALSE(truth("metrics.my-stage.f1 > 0.5"));
    CHECK_FALSE(truth("metrics.my-stage.f1 <= 0.5"));
    CHECK_FALSE(truth("not metrics.my-stage.f1 > 0.5"));
    CHECK_FALSE(truth("metrics.my-stage.f1 > 0.5 and true"));
    CHECK(truth("metrics.my-stage.f1 > 0.5 or true"));
    CHECK(truth("not (metrics.my-stage.f1 > 0.5 and false)"));
    CHECK_FALSE(truth("-metrics.my-stage.f1 < 0"));
}

TEST_CASE("a plateau is a best that the last rounds barely raised", "[language]") {
    const std::vector<double> values{0.5, 0.9, 0.94, 0.945, 0.95};
    CHECK(plateau(values, 2, 0.011));
    CHECK_FALSE(plateau(values, 2, 0.009));
    CHECK_FALSE(plateau(values, 3, 0.02));
    CHECK(plateau({0.5, 0.4}, 1, 0.002));
    CHECK(truth("plateau(metrics.evaluate.accuracy, 2, 0.02)"));
    CHECK_FALSE(truth("plateau(metrics.evaluate.accuracy, 3, 0.002)"));
}

TEST_CASE("there is no plateau before there are more values than rounds", "[language]") {
    CHECK_FALSE(plateau({}, 1, 1));
    CHECK_FALSE(plateau({0.5, 0.5, 0.5}, 3, 0.1));
    CHECK(plateau({0.5, 0.5, 0.5, 0.5}, 3, 0.1));
    CHECK_FALSE(plateau({0.5, std::numeric_limits<double>::quiet_NaN()}, 1, 0.1));
    CHECK_FALSE(truth("plateau(metrics.my-stage.f1, 1, 1)"));
}

TEST_CASE("the best before a plateau may lie anywhere", "[language]") {
    CHECK(plateau({0.9, 0.1, 0.2, 0.3}, 3, 0));
    CHECK_FALSE(plateau({0.3, 0.1, 0.2, 0.9}, 2, 0.5));
}

TEST_CASE("an unknown name is an error at its place", "[language]") {
    CHECK(faults("round > 1 and metrics.evaluate.acuracy > 0.5") ==
          Lines{"1:15+24 unknown-name: no stage declares the metric 'evaluate.acuracy' "
                "(did you mean 'metrics.evaluate.accuracy'?)"});
    CHECK(faults("params.gaol > 1") == Lines{"1:1+11 unknown-name: 'gaol' is not among the params "
                                             "(did you mean 'params.goal'?)"});
    CHECK(faults("state.labelled.count > 1") ==
          Lines{"1:1+20 unknown-name: 'labelled.count' is not known of the state "
                "(did you mean 'state.labeled.count'?)"});
    CHECK(faults("ruond > 1") ==
          Lines{"1:1+5 unknown-name: 'ruond' means nothing here (did you mean 'round'?)"});
    CHECK(faults("accuracy > 1") ==
          Lines{"1:1+8 unknown-name: 'accuracy' means nothing here (there are round, "
                "params.<name>, metrics.<stage>.<name> and state.<name>.count)"});
}

TEST_CASE("functions are called by name with the arguments they take", "[language]") {
    CHECK(faults("platau(metrics.evaluate.accuracy, 3, 0.1)") ==
          Lines{"1:1+6 unknown-function: there is no function 'platau' (did you mean 'plateau'?)"});
    CHECK(faults("converged()") ==
          Lines{"1:1+9 unknown-function: there is no function 'converged' "
                "(there are plateau(metric, rounds, min_delta), n(samples), budget(amount), "
                "max_human_labels(n), max_share_labeled(share), mean_score_below(score, value), "
                "selection_overlap(score, at_least), kappa(rounds, at_least), elapsed(), "
                "deadline(instant))"});
    CHECK(faults("elapsed > 2h") ==
          Lines{"1:1+7 unknown-name: 'elapsed' is a function (write elapsed())"});
    CHECK(faults("plateau(metrics.evaluate.accuracy, 3)") ==
          Lines{"1:1+37 wrong-arguments: 'plateau' takes 3 arguments, not 2 "
                "(write plateau(metric, rounds, min_delta))"});
    CHECK(faults("plateau(params.goal, 0, 'x')") ==
          Lines{"1:9+11 wrong-type: 'metric' is the name of a metric, with all its values "
                "(write metrics.<stage>.<name>)",
                "1:22+1 wrong-arguments: 'rounds' is a whole number of at least 1, not 0",
                "1:25+3 wrong-type: this is a text, where a number is expected"});
    CHECK(faults("plateau(metrics.evaluate.accuracy, 2.5, 0)") ==
          Lines{"1:36+3 wrong-arguments: 'rounds' is a whole number of at least 1, not 2.5"});
}

TEST_CASE("a metric that no stage declares is an error within a function too", "[language]") {
    CHECK(faults("plateau(metrics.evaluate.loss, 3, 0.1)") ==
          Lines{"1:9+21 unknown-name: no stage declares the metric 'evaluate.loss'"});
}

TEST_CASE("types that do not fit are errors", "[language]") {
    CHECK(faults("round") ==
          Lines{"1:1+5 wrong-type: this is a number, where true or false is expected "
                "(compare it with something)"});
    CHECK(faults("round > 5 and elapsed()") ==
          Lines{"1:15+9 wrong-type: this is a duration, where true or false is expected "
                "(compare it with something)"});
    CHECK(faults("elapsed() > 7200") ==
          Lines{"1:1+16 wrong-type: a duration is compared with a number "
                "(durations are written 30s, 10m or 2h)"});
    CHECK(faults("params.method < 'D'") ==
          Lines{"1:1+19 wrong-type: '<' does not work on a text (compare with == or !=)"});
    CHECK(faults("-params.method == 'x'") ==
          Lines{"1:1+21 wrong-type: a number is compared with a text",
                "1:2+13 wrong-type: this is a text, where a number is expected"});
    CHECK(faults("not (1 + 2)").front().starts_with("1:8+1 expression: '+' is not a sign"));
}

TEST_CASE("what is malformed is an error where it appears", "[language]") {
    CHECK(faults("") == Lines{"1:1+1 expression: the expression is empty "
                              "(write a number, a path such as params.goal, or a function)"});
    CHECK(faults("round >") ==
          Lines{"1:8+1 expression: a value is missing at the end "
                "(write a number, a path such as params.goal, or a function)"});
    CHECK(faults("round > and") ==
          Lines{"1:9+3 expression: 'and' appears where a value is expected "
                "(write a number, a path such as params.goal, or a function)"});
    CHECK(faults("(round > 1") ==
          Lines{"1:11+1 expression: ')' is missing at the end (each '(' needs its ')')"});
    CHECK(faults("plateau(metrics.a.b 3)") ==
          Lines{"1:21+1 expression: '3' appears where ')' is expected "
                "(arguments appear between '(' and ')', with commas between them)"});
    CHECK(faults("round > 1 params.eager") ==
          Lines{"1:11+12 expression: 'params.eager' is one word too many "
                "(join two conditions with 'and' or 'or')"});
    CHECK(faults("1 < round < 5") ==
          Lines{"1:11+1 expression: comparisons do not chain (write a < b and b < c)"});
    CHECK(faults("round = 5") ==
          Lines{"1:7+1 expression: '=' is not a sign of this language (write '==' to compare)"});
    CHECK(faults("true && false") ==
          Lines{"1:6+2 expression: '&&' is not a sign of this language (write 'and')"});
    CHECK(faults("!true") ==
          Lines{"1:1+1 expression: '!' is not a sign of this language (write 'not')"});
    CHECK(faults("é") == Lines{"1:1+1 expression: 'é' is not a sign of this language"});
    CHECK(faults("params.method == 'CORAL") ==
          Lines{"1:18+1 expression: the text that begins here has no closing quote"});
    CHECK(faults("elapsed() > 2hours") ==
          Lines{"1:13+6 expression: '2hours' is not a duration; write 500ms, 30s, 10m, 2h or 1d"});
    CHECK(faults("round > 1e999") == Lines{"1:9+5 expression: '1e999' is too large a number"});
    CHECK(faults("params..x > 1") == Lines{"1:1+9 expression: a name is missing beside a dot"});
}

TEST_CASE("an expression has a bound on its depth and length", "[language]") {
    CHECK(faults(std::string(60, '(') + "true" + std::string(60, ')')).empty());
    CHECK(faults(std::string(4000, '('))
              .front()
              .starts_with("1:66+1 expression: an expression is at most 64 deep"));
    CHECK(faults(std::string(4000, '-') + "1").front().starts_with("1:66+1 expression"));
    CHECK(faults(std::string(5000, ' ')).front().starts_with("1:1+1 expression: this is not"));
}

TEST_CASE("an error is found within a folded and quoted scalar of a file", "[language]") {
    const auto place_of_fault = [](const std::string& yaml) {
        const auto tree = tree_of(yaml);
        Diagnostics diagnostics;
        const auto expression = parse_expression(*tree.find("until"), diagnostics);
        check(expression.value(), type_of_path, diagnostics);
        return to_text(diagnostics.sorted().front().place);
    };
    CHECK(place_of_fault("until: round > 1 and params.gaol > 1\n") == "1:22+11");
    CHECK(place_of_fault("until: 'params.method == ''x'' and params.gaol > 1'\n") == "1:36+11");
    CHECK(place_of_fault("until: >-\n  round > 1 and\n  params.gaol > 1\n") == "3:3+11");
}

TEST_CASE("a list is not an expression", "[language]") {
    Diagnostics diagnostics;
    CHECK_FALSE(parse_expression(Node::list({2, 3, 1}, {}), diagnostics));
    CHECK(findings(diagnostics).front().starts_with("2:3+1 expression: this is not an expression"));
}

TEST_CASE("a function refuses numbers that it cannot work with", "[language]") {
    class ZeroGoal final : public Environment {
        std::uint32_t round() const override { return 1; }
        std::chrono::milliseconds elapsed() const override { return 0ms; }
        std::optional<Expression::Value> value(std::string_view) const override { return 0.0; }
        std::vector<double> history(std::string_view) const override { return {}; }
        std::chrono::system_clock::time_point now() const override { return {}; }
        std::optional<double> fact(Fact, std::string_view) const override { return std::nullopt; }
        std::vector<double> agreements() const override { return {}; }
    };
    Diagnostics diagnostics;
    const auto expression = parse_expression(
        "plateau(metrics.evaluate.accuracy, params.goal, 0)", {7, 10, 1}, diagnostics);

    CHECK_THROWS_WITH(evaluate(expression.value(), ZeroGoal{}),
                      "line 7, column 45: 'rounds' is a whole number of at least 1, not 0");
}

}  // namespace trommel
