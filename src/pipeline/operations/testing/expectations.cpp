#include "pipeline/operations/testing/expectations.hpp"

#include "pipeline/engine/stop/run_environment.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

/// What expectations see of a run: all that `until` does, and the tallies of the test.
class TestEnvironment final : public Environment {
public:
    TestEnvironment(const Pipeline& pipeline,
                    const TestedRun& run,
                    const InjectedFaults& faults,
                    const Clock& clock)
        : run_(run),
          faults_(faults),
          of_run_(pipeline, run.history, run.states, clock, run.rounds) {}

    std::uint32_t round() const override { return run_.rounds; }

    std::optional<Expression::Value> value(std::string_view path) const override {
        const std::string rest(path.substr(path.find('.') + 1));
        if (path.starts_with("attempts.")) return static_cast<double>(faults_.attempts(rest));
        if (path.starts_with("quarantined.") || path.starts_with("skipped."))
            return failed_records(rest);
        const bool is_state = path.starts_with("state.");
        if (is_state && !run_.states.contains(rest.substr(0, rest.rfind('.')))) return std::nullopt;
        return of_run_.value(path);
    }

    std::vector<double> history(std::string_view metric) const override {
        return of_run_.history(metric);
    }
    std::chrono::milliseconds elapsed() const override { return of_run_.elapsed(); }
    std::chrono::system_clock::time_point now() const override { return of_run_.now(); }
    std::optional<double> fact(Fact fact, std::string_view score) const override {
        return of_run_.fact(fact, score);
    }
    std::vector<double> agreements() const override { return of_run_.agreements(); }

private:
    /// Of the stage, in all rounds.
    double failed_records(const std::string& stage) const {
        std::size_t records = 0;
        for (const auto& failed : run_.history.failed)
            if (failed.stage == stage) records += failed.records;
        return static_cast<double>(records);
    }

    const TestedRun& run_;
    const InjectedFaults& faults_;
    RunEnvironment of_run_;
};

/// How the run should have ended, if it has not.
std::optional<TestFinding> wrong_end(const TestSpec& test, const TestedRun& run) {
    if (run.outcome != test.outcome)
        return TestFinding{test.outcome_place,
                           fmt::format("the outcome is '{}', not '{}': {}",
                                       to_text(run.outcome),
                                       to_text(test.outcome),
                                       run.message)};
    if (run.message.find(test.error) == std::string::npos)
        return TestFinding{test.error_place,
                           fmt::format("'{}' is not in the error: {}", test.error, run.message)};
    return std::nullopt;
}

std::string idle_message(const FaultSpec& fault, const TestedRun& run) {
    const std::string rounds = run.rounds == 1 ? "1 round" : fmt::format("{} rounds", run.rounds);
    if (fault.kind == FaultSpec::Kind::kill)
        return fmt::format(
            "it never came to the kill after round {}: {} finished", *fault.round, rounds);
    return fmt::format("the fault never struck: stage '{}' made no such attempt; {} finished",
                       fault.stage,
                       rounds);
}

}  // namespace

std::vector<TestFinding> judge(const TestSpec& test,
                               const Pipeline& pipeline,
                               const TestedRun& run,
                               const InjectedFaults& faults,
                               const Clock& clock) {
    if (auto wrong = wrong_end(test, run)) return {*std::move(wrong)};
    std::vector<TestFinding> findings;
    for (const FaultSpec* fault : faults.idle())
        findings.push_back({fault->place, idle_message(*fault, run)});
    const TestEnvironment environment(pipeline, run, faults, clock);
    for (const auto& expected : test.that)
        if (!evaluate(expected.condition, environment))
            findings.push_back({expected.place,
                                fmt::format("'{}' does not hold: {}",
                                            expected.text,
                                            why_not(expected.condition, environment))});
    return findings;
}

}  // namespace trommel
