// A run whose disk is full, or fails, at any of its calls: it ends with a sentence, never a crash,
// and its database is whole.

#include "support/faults.hpp"
#include "support/small_pool_files.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace trommel {

using test::Faults;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;

constexpr auto by_program =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  predict: {uses: exec.predict, from: fetch, with: {command: [sh, predict.sh]}}\n"
    "  score: {uses: score.classification, from: predict}\n"
    "  upload: {uses: upload_scores, from: score}\n"
    "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, n_new: 4}}\n"
    "  poll: {uses: poll_job, from: sample, writes: labeled}\n";

constexpr auto predict_script = "sed -E 's/\\}$/,\"probabilities\":[0.25,0.75]}/'\n";

std::string content(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// A loop of two rounds over the small pool, each run in a directory of its own.
class ShortRun {
public:
    explicit ShortRun(const std::string& stages = test::usual_stages) {
        test::write_small_pool(folder_);
        folder_.write("predict.sh", predict_script);
        folder_.write("p.yaml", test::small_pipeline(stages, "rounds: {max: 2}\n"));
        calls_ = faults_.calls(command());
        picks_ = content(directory() / "picks.csv");
        REQUIRE(last_of("report.html") > 50);
    }

    /// The number of the last call that touches a file of this name.
    int last_of(const std::string& name) const {
        int last = 0;
        for (std::size_t i = 0; i < calls_.size(); ++i)
            if (calls_[i].ends_with(name)) last = static_cast<int>(i) + 1;
        return last;
    }

    /// The numbers of the calls whose line holds `part`.
    std::vector<int> calls_with(const std::string& part) const {
        std::vector<int> numbers;
        for (std::size_t i = 0; i < calls_.size(); ++i)
            if (calls_[i].find(part) != std::string::npos)
                numbers.push_back(static_cast<int>(i) + 1);
        return numbers;
    }

    std::string call(int number) const { return calls_.at(static_cast<std::size_t>(number) - 1); }
    Finished end(const std::string& fault) { return faults_.run(fault, command()); }

    /// Where the last one ran.
    std::filesystem::path directory() const { return folder_ / ("run-" + std::to_string(runs_)); }
    bool has_all_picks() const { return content(directory() / "picks.csv") == picks_; }

    /// What SQLite says of the database, if it came to one.
    std::string integrity() const {
        const auto database = directory() / "platform.db";
        if (!std::filesystem::exists(database)) return "ok\n";
        return test::shell("sqlite3 '" + database.string() + "' 'pragma integrity_check'").output;
    }

private:
    std::string command() {
        ++runs_;
        return program + " run p.yaml --quiet --threads 1 --run-dir " + directory().string();
    }

    TempDir folder_;
    Faults faults_{folder_.path()};
    int runs_ = 0;
    std::vector<std::string> calls_;
    std::string picks_;
};

bool names_a_file(const std::string& output) { return output.find("/run-") != std::string::npos; }

/// 1, 1 + `step`, … up to `last`.
std::vector<int> every(int step, int last) {
    std::vector<int> numbers;
    for (int number = 1; number <= last; number += step) numbers.push_back(number);
    return numbers;
}

/// Runs under `fault` at each of these calls: a sentence and exit code 1, or no harm at all.
void check_ends(ShortRun& run, const std::string& fault, const std::vector<int>& numbers) {
    for (const int number : numbers) {
        const auto end = run.end(fault + ":" + std::to_string(number));
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
    const int last = run.last_of("report.html");
    for (const int number : every(1, last - 1)) {
        const auto end = run.end("full:" + std::to_string(number));
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
    for (const int number : numbers) {
        const auto end = run.end("full:" + std::to_string(number));
        INFO(run.call(number) << ": " << end.output);
        CHECK(end.code == 1);
        CHECK_THAT(end.output, Catch::Contains("/output.jsonl: cannot write"));
    }
}

TEST_CASE("a run killed in any call leaves a whole database", "[cli][faults]") {
    ShortRun run;
    for (const std::string fault : {"kill:", "torn:"})
        for (const int number : every(7, run.last_of("platform.db-wal"))) {
            const auto end = run.end(fault + std::to_string(number));
            INFO(fault << number << ", " << run.call(number) << ": " << end.output);
            CHECK(was_killed(end));
            CHECK(run.integrity() == "ok\n");
        }
}

}  // namespace trommel
