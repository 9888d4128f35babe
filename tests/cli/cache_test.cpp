// The cache as users meet it: runs that share it, runs that are killed, `plan --explain` and `gc`.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;

/// The usual loop with programs for labels and predictions, every stage cached that may be.
std::string stages(bool cached) {
    const std::string whole = cached ? ", cache: true" : "";
    const std::string record = cached ? ", cache: record" : "";
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  label: {uses: label.table, from: fetch, with: {file: labels.csv}}\n"
           "  train: {uses: train.linear_probe, from: label" +
           whole +
           "}\n"
           "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}" +
           whole +
           "}\n"
           "  predict: {uses: exec.predict, from: fetch, needs: train, with: {command: [sh, "
           "predict.sh], grace: 100ms}" +
           record +
           "}\n"
           "  score: {uses: score.classification, from: predict}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: "
           "uncertainty_margin, n_new: 4}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

/// Once a file `hang` is there, hangs in its third round.
const std::string predict_script =
    "echo >> calls; test \"$TROMMEL_ROUND\" -lt 3 || ! test -e hang || { touch hangs; exec sleep "
    "60; }; "
    "awk -F'\"' '{p = (substr($4, 2, 2) * 7 % 60 + 1) / 128; printf "
    "\"{\\\"file_name\\\":\\\"%s\\\",\\\"probabilities\\\":[%.17g,%.17g]}\\n\", $4, p, 1 - p}'\n";

/// A folder with a cached pipeline `p.yaml`, the same without as `plain.yaml`, and a cache.
class Desk {
public:
    Desk() {
        test::write_small_pool(folder);
        folder.write("predict.sh", predict_script);
        folder.write("p.yaml", test::small_pipeline(stages(true), "rounds: {max: 4}\n"));
        folder.write("plain.yaml", test::small_pipeline(stages(false), "rounds: {max: 4}\n"));
    }

    Finished shell(const std::string& line) const {
        return test::shell("cd '" + folder.path().string() + "'; export TROMMEL_CACHE_DIR=cache; " +
                           line);
    }

    Finished verb(const std::string& words) const { return shell(program + ' ' + words); }

    std::string run(const std::string& file, const std::string& name) const {
        const auto end = verb("run " + file + " --quiet --run-dir " + name);
        INFO(end.output);
        REQUIRE(end.code == 0);
        return left(name);
    }

    /// What a run has found: its picks and its metrics.
    std::string left(const std::string& name) const {
        return read_file(folder / name / "picks.csv") + read_file(folder / name / "metrics.csv");
    }

    TempDir folder;
};

}  // namespace

TEST_CASE("runs that share a cache while entries are deleted find what a run without finds",
          "[cli][cache]") {
    const Desk desk;
    const auto plain = desk.run("plain.yaml", "plain");
    const std::string run = program + " run p.yaml --quiet --run-dir ";
    const auto end =
        desk.shell("run() { for i in 1 2 3; do " + run +
                   "$1$i >/dev/null || echo failed; done; touch $1; }; run a & run "
                   "b & until test -e a && test -e b; do " +
                   program + " gc --older-than 0s >/dev/null || echo failed; done; wait");
    CHECK_THAT(end.output, !Contains("failed"));
    for (const std::string name : {"a1", "a2", "a3", "b1", "b2", "b3"}) {
        CHECK(desk.left(name) == plain);
        CHECK_THAT(read_file(desk.folder / name / "events.jsonl"), !Contains("damaged-cache"));
    }
    CHECK(desk.shell("find cache -name '.draft*'").output == "");
}

TEST_CASE("a run with a cache that is killed and resumed finds what a run without finds",
          "[cli][cache]") {
    const Desk desk;
    const auto plain = desk.run("plain.yaml", "plain");
    desk.folder.write("hang", "");
    desk.shell(program +
               " run p.yaml --quiet --run-dir r & run=$!; for i in $(seq 500); do test -e hangs && "
               "break; sleep 0.02; done; kill -9 $run; wait $run");
    std::filesystem::remove(desk.folder / "hang");
    const auto resumed = desk.verb("resume r --quiet");
    INFO(resumed.output);
    CHECK(resumed.code == 0);
    CHECK(desk.left("r") == plain);
    CHECK(desk.run("p.yaml", "again") == plain);
}

TEST_CASE("plan --explain says what changed since a stage ran, and why it ran again",
          "[cli][cache]") {
    const Desk desk;
    CHECK_THAT(desk.verb("plan p.yaml --explain predict").output,
               Contains("'predict' would run: nothing of its kind is in the cache"));
    desk.run("p.yaml", "r1");
    CHECK_THAT(desk.verb("plan p.yaml --explain predict").output,
               Contains("'predict' would come from the cache"));
    CHECK_THAT(desk.verb("plan p.yaml --explain train --run r1").output,
               Contains("round 1: ran: nothing of its kind was in the cache") &&
                   Contains("round 2: ran: input 'labels' has other content"));
    CHECK_THAT(desk.verb("plan p.yaml --explain predict --run r1").output,
               Contains("round 1: asked about 42 of 42 samples: nothing of its kind") &&
                   Contains("round 2: asked about 0 of 42 samples"));

    desk.folder.write("predict.sh", "# faster\n" + predict_script);
    CHECK_THAT(desk.verb("plan p.yaml --explain predict").output,
               Contains("'predict' would run again: file predict.sh has other content"));
    CHECK_THAT(desk.verb("plan p.yaml --explain predict --set seed=2 --json").output,
               Contains("\"seed was 1, is 2\""));
    const auto none = desk.verb("plan p.yaml --explain score");
    CHECK(none.code == 2);
    CHECK_THAT(none.output, Contains("stage 'score' has no cache"));
    CHECK(desk.verb("plan p.yaml --explain train --run none").code == 2);
}

TEST_CASE("gc says what it would delete before it does", "[cli][cache]") {
    const Desk desk;
    desk.run("p.yaml", "r1");
    CHECK_THAT(desk.verb("gc").output, Contains("deleted: 0 entries"));
    CHECK_THAT(desk.verb("gc --older-than 0s --dry-run").output, Contains("would delete: "));
    CHECK_THAT(desk.verb("gc --max-size 0B --json").output, Contains("\"dry_run\": false"));
    CHECK_THAT(desk.verb("gc").output, Contains(": 0 entries, 0.0 MiB; deleted: 0 entries"));
    CHECK(desk.verb("gc --older-than soon").code == 2);
}

}  // namespace trommel
