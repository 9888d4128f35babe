#include "pipeline/language/findings.hpp"
#include "trommel/pipeline/language/expression.hpp"
#include "trommel/pipeline/language/instant.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using Type = Expression::Type;

/// A run with the figures that a test gives it.
class Run final : public Environment {
public:
    std::map<Fact, double> facts{};
    std::vector<double> kappas{};
    std::vector<double> accuracies{0.9, 0.951, 0.951, 0.9518};

    std::uint32_t round() const override { return 9; }
    std::chrono::milliseconds elapsed() const override { return 2h; }
    std::chrono::system_clock::time_point now() const override {
        return *parse_instant("2026-12-24T18:00Z");
    }
    std::optional<Expression::Value> value(std::string_view path) const override {
        if (path == "params.goal") return 100.0;
        return std::nullopt;
    }
    std::vector<double> history(std::string_view) const override { return accuracies; }
    std::optional<double> fact(Fact fact, std::string_view) const override {
        const auto found = facts.find(fact);
        if (found == facts.end()) return std::nullopt;
        return found->second;
    }
    std::vector<double> agreements() const override { return kappas; }
};

/// A pipeline that has everything a rule may ask for.
PathType type_of_path(std::string_view path) {
    PathType answer{.known = {"scores:uncertainty_margin"}};
    if (path == "scores:uncertainty_margin") answer.type = Type::number;
    if (path.ends_with(':')) answer.type = Type::boolean;
    if (path == "metrics.evaluate.accuracy") answer.type = Type::number;
    if (path == "params.goal") answer = {.type = Type::number, .value = 100.0};
    if (path == "params.zero") answer = {.type = Type::number, .value = 0.0};
    return answer;
}

PathType nothing(std::string_view) { return {}; }

Lines faults(const std::string& text, const PathTypes& types = type_of_path) {
    Diagnostics diagnostics;
    const auto expression = parse_expression(text, {1, 1, 1}, diagnostics);
    if (expression) check(*expression, types, diagnostics);
    return findings(diagnostics);
}

Expression parsed(const std::string& text) {
    REQUIRE(faults(text) == Lines{});
    Diagnostics diagnostics;
    return parse_expression(text, {1, 1, 1}, diagnostics).value();
}

bool truth(const std::string& text, const Run& run) { return evaluate(parsed(text), run); }

/// `text: detail` of each rule that held.
Lines held(const std::string& text, const Run& run) {
    Lines lines;
    for (const auto& rule : held_rules(parsed(text), run))
        lines.push_back(rule.text + (rule.detail.empty() ? "" : ": " + rule.detail));
    return lines;
}

}  // namespace

TEST_CASE("a rule that held says what it found", "[language]") {
    CHECK(held("plateau(metrics.evaluate.accuracy, 2, 0.002)", Run{}) ==
          Lines{"plateau(metrics.evaluate.accuracy, 2, 0.002): best of the last 2 is 0.9518, "
                "0.0008 above the best before"});
    const auto rule =
        held_rules(parsed("plateau(metrics.evaluate.accuracy, 2, 0.002)"), Run{}).front();
    CHECK(rule.rule == "plateau");
    CHECK(*rule.value == Approx(0.0008));
    CHECK(*rule.threshold == 0.002);
}

TEST_CASE("of a or b those that hold are named, of a and b both", "[language]") {
    Run run;
    run.facts[Fact::labeled] = 120;
    CHECK(held("n(200) or n(params.goal)", run) ==
          Lines{"n(params.goal): the labelled set has 120 samples"});
    CHECK(held("round > 3 and not n(200)", run) ==
          Lines{"round > 3: round is 9", "not n(200): the labelled set has 120 samples"});
    CHECK(held("n(100) and n(200)", run).empty());
    CHECK(held("elapsed() > 90m", run) == Lines{"elapsed() > 90m: elapsed() is 2h"});
    CHECK(held("(round > 20) == false", run) ==
          Lines{"(round > 20) == false: round > 20 is false"});
}

TEST_CASE("a budget keeps enough for the round that would come", "[language]") {
    Run run;
    run.facts = {{Fact::spent, 40}, {Fact::next_cost, 10}};
    CHECK_FALSE(truth("budget(50)", run));
    CHECK(truth("budget(49.9)", run));
    CHECK(held("budget(45)", run).front() ==
          "budget(45): 40 of 45 are spent, and a round like the last costs 10");
    run.facts = {{Fact::spent, 0.1 + 0.2}, {Fact::next_cost, 0}};
    CHECK_FALSE(truth("budget(0.3)", run));
}

TEST_CASE("what has a most is never passed by a round like the last", "[language]") {
    Run run;
    run.facts = {{Fact::human_labels, 60},
                 {Fact::owed_labels, 20},
                 {Fact::labeled, 80},
                 {Fact::last_growth, 20},
                 {Fact::pool, 1000}};
    CHECK_FALSE(truth("max_human_labels(100)", run));
    CHECK(truth("max_human_labels(99)", run));
    CHECK_FALSE(truth("max_share_labeled(10%)", run));
    CHECK(truth("max_share_labeled(0.099)", run));
}

TEST_CASE("a mean, an overlap and a kappa decide nothing until they are there", "[language]") {
    Run run;
    CHECK_FALSE(truth("mean_score_below(uncertainty_margin, 9)", run));
    CHECK_FALSE(truth("not mean_score_below(uncertainty_margin, 9)", run));
    CHECK_FALSE(truth("selection_overlap('uncertainty_margin', 1%)", run));
    run.facts = {{Fact::mean_score, 0.2}, {Fact::selection_overlap, 0.75}};
    CHECK(truth("mean_score_below(uncertainty_margin, 0.21)", run));
    CHECK_FALSE(truth("mean_score_below(uncertainty_margin, 0.2)", run));
    CHECK(truth("selection_overlap(uncertainty_margin, 75%)", run));
    CHECK_FALSE(truth("selection_overlap(uncertainty_margin, 76%)", run));
}

TEST_CASE("kappa is the mean of the last agreements", "[language]") {
    Run run;
    run.kappas = {0.2, 0.98, 1};
    CHECK(truth("kappa(2, 0.99)", run));
    CHECK_FALSE(truth("kappa(3, 0.99)", run));
    CHECK_FALSE(truth("kappa(4, 0)", run));
}

TEST_CASE("a deadline is an instant with its zone", "[language]") {
    CHECK(truth("deadline('2026-12-24T18:00Z')", Run{}));
    CHECK(truth("deadline('2026-12-24T19:00+01:00')", Run{}));
    CHECK_FALSE(truth("deadline('2026-12-24T18:00:01Z')", Run{}));
    for (const std::string text : {"2026-12-24T18:00",
                                   "2026-12-24",
                                   "24.12.2026",
                                   "2026-02-30T10:00Z",
                                   "2026-12-24T24:00Z",
                                   "2026-12-24T18:00+1",
                                   "2026-12-24T18:00Zx",
                                   "2026-1-4T18:00Z",
                                   ""})
        CHECK(faults("deadline('" + text + "')")
                  .front()
                  .starts_with("1:10+" + std::to_string(text.size() + 2) + " wrong-arguments: '" +
                               text + "' is not an instant; write day, time and zone"));
    CHECK(faults("deadline(2026)") ==
          Lines{"1:10+4 wrong-type: this is a number, where a text is expected"});
}

TEST_CASE("an instant is written in UTC", "[language]") {
    CHECK(to_text(*parse_instant("2024-02-29T23:30-01:00")) == "2024-03-01T00:30:00Z");
}

TEST_CASE("a rule without what it uses is refused with the way out", "[language]") {
    CHECK(faults("budget(5)", nothing) ==
          Lines{"1:1+9 not-there: 'budget' cannot be computed: 'rounds' says nothing about costs "
                "(add 'cost: {per_label: 0.08, stages: {train: 2.5}}')"});
    CHECK(faults("kappa(3, 0.99)", nothing).front().starts_with("1:1+14 not-there"));
    CHECK(faults("max_human_labels(3)", nothing).front().starts_with("1:1+19 not-there"));
    CHECK(faults("mean_score_below(x, 3)", nothing).front().starts_with("1:1+22 not-there"));
}

TEST_CASE("arguments that no run could use are refused, also those of params", "[language]") {
    CHECK(faults("n(params.zero)") ==
          Lines{"1:3+11 wrong-arguments: 'samples' is a whole number of at least 1, not 0"});
    CHECK(faults("max_share_labeled(20)") ==
          Lines{"1:19+2 wrong-arguments: 'share' is above 0 and at most 1 or 100%, not 20"});
    CHECK(faults("mean_score_below(uncertainty_magrin, 1)") ==
          Lines{"1:18+18 unknown-name: no stage computes the score 'uncertainty_magrin' "
                "(did you mean 'uncertainty_margin'?)"});
    CHECK(faults("mean_score_below(3, 1)") ==
          Lines{"1:18+1 wrong-type: this is not the name of a score"});
}

TEST_CASE("calls are found wherever they appear", "[language]") {
    CHECK(calls_in(parsed("round > 2 and (not kappa(3, 0.9) or "
                          "mean_score_below('uncertainty_margin', 1))")) ==
          std::vector<RuleCall>{{"kappa", {}}, {"mean_score_below", {"uncertainty_margin"}}});
}

TEST_CASE("the manual has every function with help for each argument", "[language]") {
    const auto manual = rule_manual();
    CHECK(manual.size() == 10);
    for (const auto& rule : manual) {
        INFO(rule.signature);
        CHECK(rule.help.ends_with("."));
        for (const auto& [name, help] : rule.parameters) CHECK(help.ends_with("."));
    }
}

}  // namespace trommel
