// What may appear under `tests:`, and what lint says of all else.

#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::lint;
using test::read;
using test::with_stages;
using Kind = FaultSpec::Kind;

namespace {

constexpr auto loop =
    "  a: {uses: tags, with: {preselected: '${state.labeled}'}}\n"
    "  b: {uses: think, from: a, retry: 3, timeout: 5s}\n"
    "  c: {uses: choose, from: b, with: {n_new: '${params.batch}'}, writes: labeled}\n"
    "  d: {uses: measure, from: a}\n"
    "  e: {uses: records, from: a, on_error: quarantine}\n"
    "rounds: {max: 4}\n";

/// A good pipeline with one test.
std::string with_test(const std::string& test) {
    return with_stages(loop) + "tests:\n  one: " + test + "\n";
}

std::string with_fault(const std::string& fault) { return with_test("{faults: [" + fault + "]}"); }

}  // namespace

TEST_CASE("a test is read as it is written", "[pipeline][tests]") {
    const auto pipeline = read(with_test(
        "{params: {batch: 7}, rounds: {max: 3}, faults: [{fault: transient, stage: b, round: 2, "
        "attempts: 2}, {fault: kill, round: 1}], expect: {outcome: exhausted, that: ['round == 3', "
        "attempts.b <= 3]}}"));

    REQUIRE(pipeline.tests.size() == 1);
    const TestSpec& test = pipeline.tests[0];
    CHECK(test.name == "one");
    CHECK(test.params == Overrides{{"batch", "7"}});
    CHECK(test.max_rounds == 3);
    REQUIRE(test.faults.size() == 2);
    CHECK(test.faults[0].kind == Kind::transient);
    CHECK(test.faults[0].stage == "b");
    CHECK(test.faults[0].round == 2U);
    CHECK(test.faults[0].attempts == 2);
    CHECK(test.faults[1].kind == Kind::kill);
    CHECK(test.outcome == TestOutcome::exhausted);
    REQUIRE(test.that.size() == 2);
    CHECK(test.that[1].text == "attempts.b <= 3");
    CHECK(pipeline.rounds.max == 4);
}

TEST_CASE("a test that says nothing expects a good end, one with an error a failure",
          "[pipeline][tests]") {
    CHECK(read(with_test("{}")).tests[0].outcome == TestOutcome::ok);
    CHECK(read(with_test("{expect: {error: busy}}")).tests[0].outcome == TestOutcome::failed);
}

TEST_CASE("tests are not part of what runs", "[pipeline][tests]") {
    CHECK(resolved_yaml(read(with_test("{}"))) == resolved_yaml(read(with_stages(loop))));
}

TEST_CASE("what a test sets wrongly is refused at its place", "[pipeline][tests]") {
    CHECK_THAT(lint(with_stages(loop) + "tests: {}\n"), Contains("at least one test"));
    CHECK_THAT(lint(with_test("{rouns: 3}")), Contains("test 'one' has no key 'rouns'"));
    CHECK_THAT(lint(with_test("{rounds: {max: 0}}")), Contains("'max' must be"));
    CHECK_THAT(
        lint(with_test("{params: {bach: 3}}")),
        Contains("p.yaml:14:18: error[unknown-key]: the test sets 'bach', which is not a param") &&
            Contains("did you mean 'batch'?"));
    CHECK_THAT(lint(with_test("{params: {batch: many}}")), Contains("'batch' must be an integer"));
}

TEST_CASE("a test's params are checked in all the places that use them", "[pipeline][tests]") {
    CHECK_THAT(lint(with_test("{params: {batch: 13}}")), Contains("13 brings bad luck"));
}

TEST_CASE("faults that cannot strike are refused", "[pipeline][tests]") {
    CHECK_THAT(lint(with_fault("{fault: transent, stage: b}")),
               Contains("p.yaml:14:26: error") && Contains("did you mean 'transient'?"));
    CHECK_THAT(lint(with_fault("{fault: transient, stage: bb}")),
               Contains("p.yaml:14:44: error[unknown-stage]: there is no stage 'bb'"));
    CHECK_THAT(lint(with_fault("{fault: transient}")), Contains("needs the key 'stage'"));
    CHECK_THAT(lint(with_fault("{fault: kill}")), Contains("needs the key 'round'"));
    CHECK_THAT(lint(with_fault("{fault: kill, round: 1, stage: b}")), Contains("no key 'stage'"));
    CHECK_THAT(lint(with_fault("{fault: kill, round: 5}")),
               Contains("round 5 never comes: there are at most 4"));
    CHECK_THAT(lint(with_fault("{fault: hang, stage: a}")),
               Contains("stage 'a' would hang for ever") && Contains("'timeout'"));
    CHECK(lint(with_fault("{fault: hang, stage: b}")).empty());
    CHECK_THAT(lint(with_fault("{fault: short, stage: e}")), Contains("sends nothing"));
    CHECK_THAT(lint(with_fault("{fault: permanent, stage: a, attempts: 2}")),
               Contains("no key 'attempts'"));
}

TEST_CASE("no more attempts can be struck than the stage makes", "[pipeline][tests]") {
    CHECK(lint(with_fault("{fault: transient, stage: b, attempts: 3}")).empty());
    CHECK_THAT(lint(with_fault("{fault: transient, stage: b, attempts: 4}")),
               Contains("it is to strike attempt 4, but stage 'b' makes at most 3"));
    CHECK_THAT(lint(with_fault("{fault: transient, stage: b, attempts: 2}, {fault: hang, stage: "
                               "b, round: 1, attempts: 2}")),
               Contains("it is to strike attempt 4"));
    CHECK(lint(with_fault("{fault: transient, stage: b, round: 1, attempts: 3}, {fault: hang, "
                          "stage: b, round: 2}"))
              .empty());
}

TEST_CASE("expectations are checked as 'until' is", "[pipeline][tests]") {
    const auto expecting = [](const std::string& what) {
        return lint(with_test("{expect: {that: ['" + what + "']}}"));
    };
    CHECK(expecting("attempts.b == 1 and quarantined.e == 0 and metrics.d.accuracy > 0.5").empty());
    CHECK_THAT(expecting("metrics.d.acuracy > 0.5"),
               Contains("p.yaml:14:26: error") && Contains("metrics.d.accuracy"));
    CHECK_THAT(expecting("round"), Contains("this is a number, where true or false is expected"));
    CHECK_THAT(expecting("skipped.e == 0"), Contains("'skipped.e' means nothing here"));
    CHECK_THAT(expecting("attempts.z == 1"), Contains("'attempts.z' means nothing here"));
    CHECK_THAT(lint(with_test("{expect: {outcome: good}}")), Contains("'outcome' must be one of"));
    CHECK_THAT(lint(with_test("{expect: {outcome: ok, error: bad}}")),
               Contains("a run that ends 'ok' has no error"));
    CHECK_THAT(lint(with_test("{expect: {that: {}}}")), Contains("a list of conditions"));
}

}  // namespace trommel
