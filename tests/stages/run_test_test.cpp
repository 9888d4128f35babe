// Tests of pipelines, run as `trommel test` runs them, over a small pool.

#include "trommel/pipeline/operations/testing/run_test.hpp"

#include "stages/small_pool.hpp"
#include "trommel/stages/stages.hpp"

#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>

namespace trommel {

using Catch::Matchers::Contains;
using test::SmallPool;
using namespace std::chrono_literals;

namespace {

const Registry& registry() {
    static const Registry all = stages::all_stages();
    return all;
}

/// The usual stages with retries, and a time for the one that uploads.
std::string patient_stages() {
    std::string stages = test::usual_stages;
    const std::string upload = "{uses: upload_scores, from: score";
    stages.replace(stages.find(upload),
                   upload.size(),
                   upload + ", retry: {attempts: 3, base: 1h, max: 2h}, timeout: 10m");
    return stages;
}

/// Runs the only test of a pipeline over the small pool.
class Tested {
public:
    explicit Tested(const std::string& test,
                    const std::string& stages = patient_stages(),
                    const std::string& rounds = "rounds: {max: 3}\n") {
        const auto file = pool_.folder().write(
            "p.yaml", test::small_pipeline(stages, rounds + "tests:\n  it: " + test + "\n"));
        const Pipeline pipeline = load_pipeline(file, registry());
        asio::io_context loop(1);
        ManualClock clock(loop.get_executor());
        TestOptions options{pool_.folder() / "scratch", 2, {}};
        result_ =
            run(loop, clock, run_test(pipeline, pipeline.tests[0], registry(), clock, options));
        time_ = clock.now() - Clock::TimePoint{};
    }

    std::string findings() const {
        std::string text;
        for (const auto& finding : result_.findings) text += finding.message + '\n';
        return text;
    }

    const TestResult& result() const { return result_; }
    Clock::Duration time() const { return time_; }

private:
    SmallPool pool_;
    TestResult result_;
    Clock::Duration time_{};
};

}  // namespace

TEST_CASE("a test runs its pipeline and uses what came of it", "[stages][tests]") {
    const Tested good(
        "{params: {n_new: 5}, rounds: {max: 2}, expect: {that: [round == 2, "
        "state.labeled.count == 16, metrics.evaluate.accuracy > 0.5, attempts.upload == 1]}}");
    CHECK(good.findings().empty());
    CHECK(good.result().rounds == 2);
}

TEST_CASE("what does not hold is told with its place and the actual value", "[stages][tests]") {
    const Tested bad(
        "{rounds: {max: 1}, expect: {that: [state.labeled.count == 11 and round > 0]}}");
    REQUIRE(bad.result().findings.size() == 1);
    CHECK(bad.result().findings[0].message ==
          "'state.labeled.count == 11 and round > 0' does not hold: state.labeled.count is 10");
    CHECK(bad.result().findings[0].place.line == 21);
    CHECK(bad.result().findings[0].place.column == 42);
}

TEST_CASE("a stage gets over transient faults within its attempts, hours passing at once",
          "[stages][tests]") {
    const Tested twice(
        "{faults: [{fault: transient, stage: upload, round: 2, attempts: 2}], "
        "expect: {that: [attempts.upload == 3, round == 3]}}");
    CHECK(twice.findings().empty());
    CHECK(twice.time() > 1min);

    const Tested always(
        "{faults: [{fault: transient, stage: upload, attempts: 3}], expect: {error: 'attempt 3 of "
        "3: a transient fault', that: [round == 0, state.labeled.count == 6]}}");
    CHECK(always.findings().empty());
}

TEST_CASE("a permanent fault ends the run at its first attempt", "[stages][tests]") {
    const Tested run(
        "{faults: [{fault: permanent, stage: upload, round: 2}], expect: {error: \"stage "
        "'upload', round 2: a permanent fault\", that: [attempts.upload == 1, round == 1, "
        "state.labeled.count == 10]}}");
    CHECK(run.findings().empty());
}

TEST_CASE("a stage that hangs meets its timeout, and the next attempt goes well",
          "[stages][tests]") {
    const Tested run(
        "{faults: [{fault: hang, stage: upload, round: 1}], expect: {that: [attempts.upload == 2, "
        "round == 3]}}");
    CHECK(run.findings().empty());
    CHECK(run.time() >= 10min);
}

TEST_CASE("a stage that returns short is found out by those after it", "[stages][tests]") {
    const Tested run(
        "{faults: [{fault: short, stage: predict, round: 2}], expect: {error: 'without a score'}}");
    CHECK(run.findings().empty());
    const Tested one(
        "{faults: [{fault: short, stage: poll, round: 2}], expect: {that: [round == 2, "
        "state.labeled.count == 10]}}");
    CHECK(one.findings().empty());
}

TEST_CASE("a run that is killed is resumed to the same picks", "[stages][tests]") {
    const Tested whole("{expect: {that: [state.labeled.count == 18]}}");
    const Tested killed(
        "{faults: [{fault: kill, round: 1}, {fault: kill, round: 2}, {fault: kill, round: 3}], "
        "expect: {that: [round == 3, state.labeled.count == 18]}}");
    CHECK(whole.findings().empty());
    CHECK(killed.findings().empty());
}

TEST_CASE("a run that is exhausted is told from one that is done", "[stages][tests]") {
    const auto rounds = "rounds: {max: 3, until: round == 2, on_exhausted: fail}\n";
    CHECK(Tested("{}", patient_stages(), rounds).findings().empty());
    CHECK(Tested("{rounds: {max: 1}, expect: {outcome: exhausted}}", patient_stages(), rounds)
              .findings()
              .empty());
    CHECK_THAT(Tested("{rounds: {max: 1}}", patient_stages(), rounds).findings(),
               Contains("the outcome is 'exhausted', not 'ok': All 1 rounds are done."));
}

TEST_CASE("a fault that never struck fails its test", "[stages][tests]") {
    const auto until = "rounds: {max: 3, until: round == 1}\n";
    CHECK_THAT(
        Tested("{faults: [{fault: transient, stage: upload, round: 2}]}", patient_stages(), until)
            .findings(),
        Contains("the fault never struck: stage 'upload' made no such attempt; 1 round finished"));
    CHECK_THAT(Tested("{faults: [{fault: kill, round: 2}]}", patient_stages(), until).findings(),
               Contains("it never came to the kill after round 2: 1 round finished"));
}

TEST_CASE("programs really run, and a real one that hangs meets its timeout", "[stages][tests]") {
    const auto stages = [](const std::string& script, const std::string& policy) {
        return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
               "  label: {uses: exec.label, from: fetch, with: {command: [sh, -c, '" +
               script + "'], grace: 100ms}, " + policy + "}\n";
    };
    const std::string answer = R"(sed -E "s/[}]$/,\"label\":\"ape\"}/")";
    const Tested well("{rounds: {max: 1}}", stages(answer, "timeout: 5m, retry: 2"));
    CHECK(well.findings().empty());
    CHECK(well.time() < 5min);

    const Tested hung("{rounds: {max: 1}, expect: {error: 'longer than its timeout of 50ms'}}",
                      stages("sleep 600", "timeout: 50ms"));
    CHECK(hung.findings().empty());
}

}  // namespace trommel
