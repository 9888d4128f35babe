// A run whose disk is full, or fails, at any of its calls: it ends with a sentence, never a crash,
// and its database is whole.

#include "support/disturbed_runs.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using test::DisturbedRuns;

namespace {

constexpr auto by_program =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  predict: {uses: exec.predict, from: fetch, with: {command: [sh, predict.sh]}}\n"
    "  score: {uses: score.classification, from: predict}\n"
    "  upload: {uses: upload_scores, from: score}\n"
    "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, n_new: 4}}\n"
    "  poll: {uses: poll_job, from: sample, writes: labeled}\n";

constexpr auto predict_script = "sed -E 's/\\}$/,\"probabilities\":[0.25,0.75]}/'\n";

/// A loop of two rounds over the small pool.
class ShortRun : public DisturbedRuns {
public:
    explicit ShortRun(const std::string& stages = test::usual_stages)
        : DisturbedRuns(stages, "rounds: {max: 2}\n", {{"predict.sh", predict_script}}) {
        REQUIRE(last_of("report.html") > 50);
    }

    /// The number of the last call that touches a file of this name.
    std::size_t last_of(const std::string& name) const {
        std::size_t last = 0;
        for (std::size_t i = 0; i < calls().size(); ++i)
            if (calls()[i].ends_with(name)) last = i + 1;
        return last;
    }

    /// What SQLite says of the database, if it came to one.
    std::string integrity() const {
        if (!std::filesystem::exists(directory() / "platform.db")) return "ok\n";
        return ask("pragma integrity_check");
    }
};

bool names_a_file(const std::string& output) { return output.find("/run-") != std::string::npos; }

/// 1, 1 + `step`, … up to `last`.
std::vector<std::size_t> every(std::size_t step, std::size_t last) {
    std::vector<std::size_t> numbers;
    for (std::size_t number = 1; number <= last; number += step) numbers.push_back(number);
    return numbers;
}

/// Runs under `fault` at each of these calls: a sentence and exit code 1, or no harm at all.
void check_ends(ShortRun& run, const std::string& fault, const std::vector<std::size_t>& numbers) {
    for (const std::size_t number : numbers) {
        const auto end = run.run(fault + ":" + std::to_string(number));
        INFO(fault << " at call " << number << ", " << run.call(number) << ": " << end.code << " "
                   << end.output);
        CHECK((end.code == 1 || (end.code == 0 && run.has_all_picks())));
        CHECK(names_a_file(end.output));
        CHECK(run.integrity() == "ok\n");
    }
}

}  // namespace

TEST_CASE("a disk that is full from any call on ends a run with a sentence", "[cli][faults]") {
    ShortRun run;
    const std::size_t last = run.last_of("report.html");
    for (const std::size_t number : every(1, last - 1)) {
        const auto end = run.run("full:" + std::to_string(number));
        INFO("call " << number << ", " << run.call(number) << ": " << end.code << " "
                     << end.output);
        CHECK(end.code == 1);
        CHECK(names_a_file(end.output));
        CHECK(run.integrity() == "ok\n");
    }
    // From there on SQLite only tidies up; what it cannot is in its log.
    check_ends(run, "full", {last, last + 2, last + 4});
}

TEST_CASE("a disk that is full for a moment ends a run with a sentence or does no harm",
          "[cli][faults]") {
    ShortRun run;
    check_ends(run, "full-once", every(3, run.last_of("report.html")));
}

TEST_CASE("a disk that cannot keep what was written ends a run with a sentence or does no harm",
          "[cli][faults]") {
    ShortRun run;
    check_ends(run, "sync-error", run.calls_with("sync "));
}

TEST_CASE("a full disk under what a program answers ends a run with a sentence", "[cli][faults]") {
    ShortRun run(by_program);
    const auto numbers = run.calls_with("/output.jsonl");
    REQUIRE_FALSE(numbers.empty());
    for (const std::size_t number : numbers) {
        const auto end = run.run("full:" + std::to_string(number));
        INFO(run.call(number) << ": " << end.output);
        CHECK(end.code == 1);
        CHECK_THAT(end.output, Catch::Contains("/output.jsonl: cannot write"));
    }
}

TEST_CASE("a run killed in any call leaves a whole database", "[cli][faults]") {
    ShortRun run;
    for (const std::string fault : {"kill:", "torn:"})
        for (const std::size_t number : every(7, run.last_of("platform.db-wal"))) {
            const auto end = run.run(fault + std::to_string(number));
            INFO(fault << number << ", " << run.call(number) << ": " << end.output);
            CHECK(was_killed(end));
            CHECK(run.integrity() == "ok\n");
        }
}

}  // namespace trommel
