// What the documents promise to programs and hooks: each variable, in each of them.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;

/// Writes down which variables it was given, those that are empty left out, under its own name.
std::string noting(const std::string& name, const std::string& rest) {
    return "env | grep '^TROMMEL_[A-Z_]*=.' | sort > env-" + name + "-$TROMMEL_EVENT\n" + rest;
}

/// Answers each question with its file name and `rest`, JSON.
std::string answering(const std::string& rest) {
    return "sed 's/.*\"file_name\":\"\\([^\"]*\\)\".*/{\"file_name\":\"\\1\"," + rest + "}/'\n";
}

constexpr auto stages =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  label: {uses: exec.label, from: fetch, with: {command: [sh, label.sh]}}\n"
    "  train: {uses: exec.train, from: label, with: {command: [sh, train.sh]}}\n"
    "  measure: {uses: exec.evaluate, from: train, with: {command: [sh, measure.sh], metrics: "
    "[recall]}}\n"
    "  predict: {uses: exec.predict, from: [fetch, train], with: {command: [sh, predict.sh]}}\n"
    "  score: {uses: exec.score, from: [fetch, train], with: {command: [sh, score.sh]}}\n"
    "  margin: {uses: score.classification, from: predict}\n"
    "  upload: {uses: upload_scores, from: margin}\n"
    "  more: {uses: upload_scores, from: score}\n"
    "  sample: {uses: sample, from: upload, needs: more, with: {method: RANDOM, n_new: 4}}\n"
    "  poll: {uses: poll_job, from: sample, writes: labeled}\n";

class Promises {
public:
    Promises() {
        test::write_small_pool(folder);
        folder.write("label.sh", noting("label", answering("\"label\":\"ape\"")));
        folder.write("train.sh", noting("train", "cat >/dev/null; : > \"$TROMMEL_MODEL_DIR/m\"\n"));
        folder.write("measure.sh", noting("measure", "cat >/dev/null; echo '{\"recall\": 0.5}'\n"));
        folder.write("predict.sh", noting("predict", answering("\"probabilities\":[0.5,0.5]")));
        folder.write("score.sh", noting("score", answering("\"scores\":{\"age\":0.5}")));
        folder.write("hook.sh", noting("hook", "cat >/dev/null\n"));
        folder.write(
            "p.yaml",
            test::small_pipeline(stages,
                                 "rounds: {max: 1}\n"
                                 "hooks: {tell: {on: [run_started, round_finished, run_finished, "
                                 "run_failed], command: [sh, hook.sh]}}\n"));
    }

    Finished run(const std::string& options) const {
        return test::shell("cd '" + folder.path().string() + "' && " + program +
                           " run p.yaml --quiet " + options);
    }

    void check(const std::string& notes, const std::vector<std::string>& variables) const {
        INFO(notes);
        REQUIRE(std::filesystem::exists(folder / notes));
        for (const auto& variable : variables)
            CHECK_THAT(read_file(folder / notes), Contains("TROMMEL_" + variable + "="));
    }

    TempDir folder;
};

}  // namespace

TEST_CASE("every program of a stage finds the variables that it is promised", "[cli][promises]") {
    const Promises promises;
    const auto end = promises.run("--run-dir r");
    INFO(end.output);
    REQUIRE(end.code == 0);
    for (const std::string stage : {"label", "train", "measure", "predict", "score"})
        promises.check("env-" + stage + "-", {"ATTEMPT", "ROUND", "SEED", "STAGE_DIR"});
    for (const std::string stage : {"train", "measure", "predict", "score"})
        promises.check("env-" + stage + "-", {"MODEL_DIR"});
}

TEST_CASE("every hook finds the variables that it is promised, at every event", "[cli][promises]") {
    const Promises promises;
    const auto end = promises.run("--run-dir r");
    INFO(end.output);
    REQUIRE(end.code == 0);
    promises.folder.write("train.sh", "exit 1\n");
    REQUIRE(promises.run("--run-dir failed").code == 1);
    for (const std::string event : {"run_started", "round_finished", "run_finished", "run_failed"})
        promises.check("env-hook-" + event, {"EVENT", "PIPELINE", "RUN", "RUN_DIR", "ROUND"});
}

}  // namespace trommel
