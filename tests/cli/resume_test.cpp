// What a user meets who interrupts, edits and resumes runs.

#include "support/older_database.hpp"
#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/record_log.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;

/// A loop over the small pool whose oracle waits in its third round until the file `go` is there.
class WaitingRun {
public:
    WaitingRun() {
        test::write_small_pool(folder);
        folder.write(
            "oracle.sh",
            "test \"$TROMMEL_ROUND\" -lt 3 || while ! test -e go; do touch waiting; sleep "
            "0.02; done\n"
            "while read -r line; do\n"
            "  name=${line#*:\\\"}; name=${name%%\\\"*}\n"
            "  answer=$(grep \"^$name,\" labels.csv)\n"
            "  echo \"{\\\"file_name\\\":\\\"$name\\\",\\\"label\\\":\\\"${answer#*,}\\\"}\"\n"
            "done\n");
        write_pipeline("");
    }

    void write_pipeline(const std::string& extra) const {
        folder.write(
            "p.yaml",
            test::small_pipeline(
                "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
                "  label: {uses: exec.label, from: fetch, with: {command: [sh, oracle.sh], grace: "
                "100ms}}\n"
                "  train: {uses: train.linear_probe, from: label}\n"
                "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
                "  sample: {uses: sample, from: fetch, needs: train, with: {method: RANDOM, n_new: "
                "4}}\n"
                "  poll: {uses: poll_job, from: sample, writes: labeled}\n" +
                    extra,
                "rounds: {max: 4}\n"));
    }

    Finished verb(const std::string& words) const {
        return test::shell("cd '" + folder.path().string() + "' && " + program + " " + words);
    }

    /// Runs it until its third round waits, then does `line` of shell while `$run` is its process.
    Finished meanwhile(const std::string& line, const std::string& options = "") const {
        return test::shell("cd '" + folder.path().string() + "'; " + program +
                           " run p.yaml --quiet --run-dir r " + options +
                           " & run=$!; for i in $(seq 500); do test -e waiting && break; sleep "
                           "0.02; done; " +
                           line + "; wait $run; code=$?; rm -f waiting; exit $code");
    }

    /// The picks of a run that nothing disturbs.
    std::string undisturbed() const {
        folder.write("go", "");
        verb("run p.yaml --quiet --run-dir whole");
        std::filesystem::remove(folder / "go");
        std::filesystem::remove(folder / "waiting");
        return read_file(folder / "whole/picks.csv");
    }

    TempDir folder;
};

}  // namespace

TEST_CASE("the first signal lets the round end, and the run can be resumed", "[cli][resume]") {
    WaitingRun run;
    const auto picks = run.undisturbed();
    const auto end = run.meanwhile("kill $run; sleep 0.1; touch go");
    CHECK(end.code == 3);
    CHECK_THAT(end.output,
               Contains("this round is the last, and has 30s to end") &&
                   Contains("rounds 1 to 3 are finished, in r; go on with: trommel resume r"));
    CHECK_THAT(run.verb("status r").output,
               Contains(": interrupted: it was told to stop") && Contains("main: 3 rounds"));
    const auto resumed = run.verb("resume r --quiet");
    INFO(resumed.output);
    CHECK(resumed.code == 0);
    CHECK(read_file(run.folder / "r/picks.csv") == picks);
}

TEST_CASE("a second signal, or the end of the grace, rolls the round back", "[cli][resume]") {
    for (const std::string how : {"kill $run; sleep 0.2; kill $run", "kill -INT $run"}) {
        WaitingRun run;
        const auto picks = run.undisturbed();
        const auto end = run.meanwhile(how, how.size() < 16 ? "--grace 100ms" : "");
        INFO(how << ": " << end.output);
        CHECK(end.code == 3);
        CHECK_THAT(end.output, Contains("rounds 1 to 2 are finished, in r"));
        run.folder.write("go", "");
        CHECK(run.verb("resume r --quiet").code == 0);
        CHECK(read_file(run.folder / "r/picks.csv") == picks);
    }
}

TEST_CASE("a run that the version before began and left half-done goes on to the same picks",
          "[cli][resume]") {
    WaitingRun run;
    const auto picks = run.undisturbed();
    CHECK(run.meanwhile("kill -INT $run", "--grace 100ms").code == 3);
    test::make_version_5(run.folder / "r/platform.db");
    // Manifests of the version before have no word of what stopped a selection.
    for (const auto* round : {"1", "2"}) {
        const auto file = run.folder / fmt::format("r/rounds/main/{}.json", round);
        auto record = read_records(file).records.at(0);
        const auto at = record.find(",\"selections\"");
        REQUIRE(at != std::string::npos);
        replace_file(file, checked_line(record.substr(0, at) + "}"));
    }
    run.folder.write("go", "");
    const auto resumed = run.verb("resume r --quiet");
    INFO(resumed.output);
    CHECK(resumed.code == 0);
    CHECK(read_file(run.folder / "r/picks.csv") == picks);
}

TEST_CASE("a grace that is not a time is refused", "[cli][resume]") {
    WaitingRun run;
    const auto end = run.verb("run p.yaml --grace soon");
    CHECK(end.code == 2);
    CHECK_THAT(end.output, Contains("--grace soon:"));
}

TEST_CASE("a second process in a run's directory is refused with the first one's id",
          "[cli][resume]") {
    WaitingRun run;
    const auto end = run.meanwhile(program + " run p.yaml --run-dir r; " + program + " resume r; " +
                                   program + " status r; echo process $run; touch go");
    CHECK(end.code == 0);
    const auto at = end.output.find("process ", end.output.rfind("in process"));
    const auto id = end.output.substr(at + 8, end.output.find('\n', at) - at - 8);
    CHECK_THAT(end.output, Contains("r is in use by process " + id + "; wait until it has ended"));
    CHECK_THAT(end.output, Contains(": running in process " + id) && Contains("in round 3"));
}

TEST_CASE("an edited pipeline is refused option by option, or accepted", "[cli][resume]") {
    WaitingRun run;
    run.meanwhile("kill -9 $run");
    CHECK_THAT(run.verb("status r").output, Contains(": interrupted: its process was cut off"));
    run.folder.write("go", "");
    std::string text = read_file(run.folder / "p.yaml");
    text.replace(text.find("max: 4"), 6, "max: 3");
    text.replace(text.find("n_new: 4}}"), 10, "n_new: 6, min_distance: 0.01}}");
    run.folder.write("p.yaml", text);

    const auto refused = run.verb("resume r");
    CHECK(refused.code == 2);
    CHECK_THAT(
        refused.output,
        Contains("r: this is no longer what the run began with:\n  rounds.max: was 4, is 3") &&
            Contains("\n  stages.sample.with.n_new: was 4, is 6") &&
            Contains("\n  stages.sample.with.min_distance: was -1, is 0.01") &&
            Contains("trommel resume r --accept-changes"));
    const auto accepted = run.verb("resume r --accept-changes --quiet");
    INFO(accepted.output);
    CHECK(accepted.code == 0);
    CHECK_THAT(read_file(run.folder / "r/resolved.yaml"), Contains("max: 3"));
    CHECK_THAT(read_file(run.folder / "r/picks.csv"), Contains("\n3,6,"));
}

TEST_CASE("tests of the file may be edited between two processes of a run", "[cli][resume]") {
    WaitingRun run;
    run.meanwhile("kill -9 $run");
    run.folder.write("go", "");
    run.folder.write("p.yaml",
                     read_file(run.folder / "p.yaml") + "tests: {one: {rounds: {max: 1}}}\n");
    const auto end = run.verb("resume r --quiet");
    INFO(end.output);
    CHECK(end.code == 0);
}

TEST_CASE("comments may be edited, and the kept copy serves when the file is gone",
          "[cli][resume]") {
    WaitingRun run;
    const auto picks = run.undisturbed();
    run.meanwhile("kill -9 $run");
    run.folder.write("go", "");
    run.folder.write("p.yaml", "# a remark\n" + read_file(run.folder / "p.yaml"));
    std::filesystem::rename(run.folder / "p.yaml", run.folder / "kept.yaml");
    const auto end = run.verb("resume r --quiet");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(read_file(run.folder / "r/picks.csv") == picks);
}

TEST_CASE("an edited label file is refused by name", "[cli][resume]") {
    WaitingRun run;
    run.meanwhile("kill -9 $run");
    run.folder.write("go", "");
    run.folder.write("labels.csv", read_file(run.folder / "labels.csv") + "\n");
    const auto end = run.verb("resume r");
    CHECK(end.code == 2);
    CHECK_THAT(end.output, Contains("/labels.csv: its content has changed (SHA-256 was "));
    std::filesystem::remove(run.folder / "pool.csv");
    CHECK_THAT(run.verb("resume r").output, Contains("/pool.csv: is no longer read, or gone"));
}

TEST_CASE("a finished run says so and prints its table", "[cli][resume]") {
    WaitingRun run;
    run.undisturbed();
    const auto end = run.verb("resume whole");
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("whole: was finished already: All 4 rounds are done.") &&
                   Contains("round    labels    accuracy"));
    CHECK_THAT(run.verb("status whole").output,
               Contains(": finished: All 4 rounds are done.") && Contains("main: 4 rounds"));
    CHECK_THAT(run.verb("status whole --json").output, Contains("\"resumable\": false"));
}

TEST_CASE("a run that failed tells why, and goes on once that is mended", "[cli][resume]") {
    WaitingRun run;
    const auto picks = run.undisturbed();
    const auto oracle = read_file(run.folder / "oracle.sh");
    run.folder.write("oracle.sh", "test \"$TROMMEL_ROUND\" -lt 2 || exit 7\n" + oracle);
    const auto end = run.verb("run p.yaml --quiet --run-dir r");
    CHECK(end.code == 1);
    CHECK_THAT(end.output,
               Contains("exited with code 7") && Contains("go on with: trommel resume r"));
    CHECK_THAT(run.verb("status r").output,
               Contains(": failed: ") && Contains("exited with code 7") &&
                   Contains("main: 1 rounds, in round 2"));
    run.folder.write("oracle.sh", oracle);
    run.folder.write("go", "");
    CHECK(run.verb("resume r --quiet").code == 0);
    CHECK(read_file(run.folder / "r/picks.csv") == picks);
}

TEST_CASE("what is not a run, a damaged journal and one of another version are refused",
          "[cli][resume]") {
    WaitingRun run;
    CHECK(run.verb("resume nowhere").code == 2);
    CHECK(run.verb("status nowhere").code == 2);
    run.undisturbed();
    const auto journal = run.folder / "whole/journal.jsonl";
    std::string text = read_file(journal);

    std::string damaged = text;
    damaged[text.find('\n') + 30] ^= 1;
    run.folder.write("whole/journal.jsonl", damaged);
    const auto end = run.verb("resume whole");
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("journal.jsonl:2: the line is damaged"));

    run.folder.write("whole/journal.jsonl", checked_line("{\"type\":\"run\",\"version\":2}"));
    CHECK_THAT(run.verb("resume whole").output, Contains("it is of version 2, which this version"));
}

}  // namespace trommel
