// A run that is killed anywhere and resumed chooses what an undisturbed one chooses, uploads
// nothing twice, starts no second job and asks for no label again that it was given.

#include "support/disturbed_runs.hpp"
#include "trommel/core/random.hpp"
#include "trommel/core/record_log.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace trommel {

using test::DisturbedRuns;
using test::Finished;

namespace {

/// The usual loop with an oracle that is a program: it writes down every question that it gets.
constexpr auto asking_stages =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  label: {uses: exec.label, from: fetch, with: {command: [sh, oracle.sh]}}\n"
    "  train: {uses: train.linear_probe, from: label}\n"
    "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
    "  predict: {uses: predict.linear_probe, from: train}\n"
    "  score: {uses: score.classification, from: predict}\n"
    "  upload: {uses: upload_scores, from: score}\n"
    "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, n_new: 4}}\n"
    "  poll: {uses: poll_job, from: sample, writes: labeled}\n";

/// Answers one question after the other, as people do. What it was asked it notes under the process
/// that asks: it may outlive a killed one by a question.
constexpr auto oracle_script =
    "case $TROMMEL_STAGE_DIR in */baseline/*) part=baseline;; *) part=main;; esac\n"
    "asked=asked-$part-$PPID\n"
    "while read -r line; do\n"
    "  name=${line#*:\\\"}; name=${name%%\\\"*}\n"
    "  echo \"$name\" >> $asked\n"
    "  answer=$(grep \"^$name,\" labels.csv)\n"
    "  echo \"{\\\"file_name\\\":\\\"$name\\\",\\\"label\\\":\\\"${answer#*,}\\\"}\"\n"
    "done\n";

std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The files of a part, `main` or `baseline`, that oracles have noted questions in.
std::set<std::filesystem::path> logs_in(const std::filesystem::path& folder,
                                        const std::string& part) {
    std::set<std::filesystem::path> logs;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().filename().string().starts_with("asked-" + part + "-"))
            logs.insert(entry.path());
    return logs;
}

/// The samples that a part of a run has labels for.
std::set<std::string> answered(const std::filesystem::path& part) {
    std::set<std::string> names;
    for (const auto& record : read_records(part / "stages/label/answers.jsonl").records)
        names.insert(record.substr(14, record.find('"', 14) - 14));
    return names;
}

/// What happened to the questions of one part until the run was killed.
struct Questions {
    std::string part{};
    std::set<std::filesystem::path> logs{};  ///< of what was asked until then
    std::vector<std::string> before{};       ///< asked until then
    std::set<std::string> known{};           ///< answered until then
};

/// A loop of five rounds over the small pool that is killed and resumed.
class Killed {
public:
    explicit Killed(const std::string& stages, const std::string& tail = "rounds: {max: 5}\n")
        : runs_(stages, tail, {{"oracle.sh", oracle_script}}) {
        metrics_ = read_file(runs_.directory() / "metrics.csv");
        records_ = journal();
        uploads_ = count("uploads");
        jobs_ = count("jobs");
        REQUIRE(lines_of(runs_.directory() / "picks.csv").size() == 21);
        REQUIRE(logs_in(runs_.folder().path(), "main").size() == (stages == asking_stages ? 1 : 0));
    }

    const DisturbedRuns& runs() const { return runs_; }
    std::size_t records() const { return records_; }

    /// Records in the journal of the run that was disturbed last.
    std::size_t journal() const {
        return read_records(runs_.directory() / "journal.jsonl").records.size();
    }

    /// Runs under the fault, then resumes it; checks what came of it.
    void disturb(const std::string& fault) {
        for (const auto* part : {"main", "baseline"})
            for (const auto& log : logs_in(runs_.folder().path(), part))
                std::filesystem::remove(log);
        const Finished end = runs_.run(fault);
        killed_at_ = journal();
        INFO(fault << ": " << end.code << " " << end.output);
        REQUIRE((was_killed(end) || end.code == 0));
        const std::vector asked{until_now("main", runs_.directory()),
                                until_now("baseline", runs_.directory() / "baseline")};
        const Finished resumed = go_on();
        INFO("resumed: " << resumed.code << " " << resumed.output);
        REQUIRE(resumed.code == 0);
        check_outcome();
        for (const auto& part : asked) check_questions(part);
    }

    std::size_t killed_at() const { return killed_at_; }

private:
    Questions until_now(const std::string& part, const std::filesystem::path& directory) const {
        Questions asked{.part = part,
                        .logs = logs_in(runs_.folder().path(), part),
                        .before = {},
                        .known = answered(directory)};
        for (const auto& log : asked.logs)
            for (auto& name : lines_of(log)) asked.before.push_back(std::move(name));
        return asked;
    }

    /// Resumes it; where it died before it had written that it began, runs it again.
    Finished go_on() const {
        if (killed_at_ == 0) return runs_.verb(runs_.run_words());
        return runs_.verb("resume " + runs_.directory().string() + " --quiet");
    }

    std::string count(const std::string& table) const {
        return runs_.ask("select count(*) from " + table);
    }

    void check_outcome() const {
        CHECK(runs_.has_all_picks());
        CHECK(read_file(runs_.directory() / "metrics.csv") == metrics_);
        CHECK(count("jobs") == jobs_);
        CHECK(count("uploads") == uploads_);
    }

    /// Every sample is asked about once by each process, and by the second one only if the first
    /// had no answer.
    void check_questions(const Questions& part) const {
        std::vector<std::string> after;
        for (const auto& log : logs_in(runs_.folder().path(), part.part))
            if (!part.logs.contains(log))
                for (auto& name : lines_of(log)) after.push_back(std::move(name));
        CHECK(std::set(part.before.begin(), part.before.end()).size() == part.before.size());
        CHECK(std::set(after.begin(), after.end()).size() == after.size());
        for (const auto& name : after) CHECK_FALSE(part.known.contains(name));
    }

    DisturbedRuns runs_;
    std::size_t records_ = 0;
    std::size_t killed_at_ = 0;
    std::string metrics_;
    std::string uploads_;
    std::string jobs_;
};

}  // namespace

TEST_CASE("a run killed at any record of its journal is resumed to the same picks",
          "[cli][crash]") {
    Killed run(test::usual_stages, "rounds: {max: 5}\n");
    const auto calls = run.runs().calls_with("write run-1/journal.jsonl");
    REQUIRE(calls.size() == run.records());
    std::set<std::size_t> seen;
    const auto kill_at = [&](std::size_t number) {
        for (const std::string fault : {"kill:", "torn:"}) {
            run.disturb(fault + std::to_string(number));
            seen.insert(run.killed_at());
        }
    };
    for (const auto number : calls) kill_at(number);
    // Threads take turns, so a call may fall before another record than it did when counted.
    for (int again = 0; again < 3; ++again)
        for (std::size_t record = 0; record < calls.size(); ++record)
            if (!seen.contains(record)) kill_at(calls[record]);
    CHECK(seen.size() + 2 >= run.records());
}

TEST_CASE(
    "a run whose machine loses power at any write of its database or its journal is resumed to "
    "the same picks",
    "[cli][crash]") {
    Killed run(test::usual_stages, "rounds: {max: 5}\n");
    auto calls = run.runs().calls_with("platform.db-wal");
    const auto journal = run.runs().calls_with("journal.jsonl");
    const auto rounds = run.runs().calls_with("rounds/main");
    calls.insert(calls.end(), journal.begin(), journal.end());
    calls.insert(calls.end(), rounds.begin(), rounds.end());
    REQUIRE(calls.size() > 100);
    // Before the power goes out, so that each of these calls is the last that was or was not made.
    for (std::size_t i = 0; i < calls.size(); i += 4)
        run.disturb("power:" + std::to_string(calls[i]));
}

TEST_CASE("a run killed at 200 random calls is resumed to the same picks and loses no label",
          "[cli][crash]") {
    Killed run(asking_stages, "rounds: {max: 5}\nbaseline: {method: RANDOM}\n");
    Random random(1, 0, "kill");
    for (int i = 0; i < 200; ++i) {
        const auto at = random.below(run.runs().calls().size()) + 1;
        run.disturb((i % 2 == 0 ? "kill:" : "torn:") + std::to_string(at));
    }
}

}  // namespace trommel
