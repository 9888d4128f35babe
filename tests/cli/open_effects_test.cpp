// Runs that are cut off between an effect and the note of it, and go on in a world that has changed
// meanwhile.

#include "support/disturbed_runs.hpp"
#include "trommel/core/record_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace trommel {

using Catch::Matchers::Contains;
using test::DisturbedRuns;

namespace {

/// Three rounds over the small pool, killed about when the second has started its job.
class OpenJob {
public:
    OpenJob() : runs_(test::usual_stages, "rounds: {max: 3}\n", {}) {
        const auto records = journal();
        const auto calls = runs_.calls_with("write run-1/journal.jsonl");
        const auto noted = std::ranges::find_if(records, is_note);
        REQUIRE(calls.size() == records.size());
        REQUIRE(noted != records.end());
        call_ = calls[static_cast<std::size_t>(noted - records.begin())];
    }

    /// Kills it when the platform has accepted the job and the journal does not know its id yet.
    void kill_before_note() {
        // Threads take turns, so the call may have moved since it was counted, and moves again.
        for (std::size_t i = 0; i < 5 * 24; ++i) {
            const std::size_t away = (i % 24 + 1) / 2;
            runs_.run("kill:" + std::to_string(i % 2 == 0 ? call_ + away : call_ - away));
            if (jobs() == "2\n" && !is_noted()) return;
        }
        FAIL("no call lies between the job and its note");
    }

    /// Kills it when the journal knows the job and the round has not ended.
    void kill_after_note() {
        for (std::size_t i = 0; i < 5 * 10; ++i) {
            runs_.run("kill:" + std::to_string(call_ + 1 + i % 10));
            if (is_noted() && !std::filesystem::exists(second_round())) return;
        }
        FAIL("no call lies between the note and the end of the round");
    }

    std::string jobs() const { return runs_.ask("select count(*) from jobs"); }
    DisturbedRuns& runs() { return runs_; }

    test::Finished resume(const std::string& options = {}) const {
        return runs_.verb("resume " + runs_.directory().string() + " --quiet" + options);
    }

    void edit(const std::string& from, const std::string& to) const {
        std::string text = read_file(runs_.folder() / "p.yaml");
        text.replace(text.find(from), from.size(), to);
        runs_.folder().write("p.yaml", text);
    }

    /// Samples that the round has chosen.
    std::size_t picks(const std::string& round) const {
        const std::string text = read_file(runs_.directory() / "picks.csv");
        std::size_t count = 0;
        for (auto at = text.find('\n' + round + ','); at != std::string::npos;
             at = text.find('\n' + round + ',', at + 1))
            ++count;
        return count;
    }

private:
    static bool is_note(const std::string& record) {
        return record.find("\"effect_done\"") != std::string::npos &&
               record.find("/2/sample/job") != std::string::npos;
    }

    std::vector<std::string> journal() const {
        return read_records(runs_.directory() / "journal.jsonl").records;
    }

    bool is_noted() const { return std::ranges::any_of(journal(), is_note); }

    std::filesystem::path second_round() const { return runs_.directory() / "rounds/main/2.json"; }

    DisturbedRuns runs_;
    std::size_t call_ = 0;
};

}  // namespace

TEST_CASE("a job that was accepted and not noted is found again by its key", "[cli][resume]") {
    OpenJob run;
    run.kill_before_note();
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.runs().has_all_picks());
    CHECK(run.jobs() == "3\n");
}

TEST_CASE("accepted changes begin the round anew, whether its job was noted or not",
          "[cli][resume]") {
    for (const bool noted : {false, true}) {
        OpenJob run;
        if (noted)
            run.kill_after_note();
        else
            run.kill_before_note();
        run.edit("n_new: 4", "n_new: 6");
        INFO("noted: " << noted);
        CHECK(run.resume().code == 2);

        const auto end = run.resume(" --accept-changes");

        INFO(end.output);
        CHECK(end.code == 0);
        CHECK(run.picks("1") == 4);
        CHECK(run.picks("2") == 6);
        CHECK(run.picks("3") == 6);
        CHECK(run.jobs() == "4\n");
    }
}

TEST_CASE("accepted changes of the scores are what the round chooses by", "[cli][resume]") {
    OpenJob run;
    run.kill_after_note();
    run.edit("score: uncertainty_margin", "score: uncertainty_entropy");

    const auto end = run.resume(" --accept-changes");

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.runs().ask("select score_type from jobs order by number") ==
          "uncertainty_margin\nuncertainty_margin\nuncertainty_entropy\nuncertainty_entropy\n");
}

TEST_CASE("a job that failed while nobody looked is left behind, and asked for again",
          "[cli][resume]") {
    OpenJob run;
    run.kill_after_note();
    run.runs().ask(
        "delete from picks where job = 2; delete from tags where id = (select result from jobs "
        "where number = 2); update jobs set state = \"FAILED\", result = null, error = \"lost "
        "power\" where number = 2");
    REQUIRE(run.runs().ask("select state from jobs where number = 2") == "FAILED\n");

    const auto end = run.resume();

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.runs().has_all_picks());
    CHECK(run.jobs() == "4\n");
}

}  // namespace trommel
