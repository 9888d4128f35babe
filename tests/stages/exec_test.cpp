// Users' own programs in place of the built-in model: here awk and sh, which every machine has.

#include "stages/small_pool.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

namespace trommel {

using Catch::Matchers::Contains;
using test::picks_of;
using test::SmallPool;

namespace {

/// Shell text as a command that appears in a flow sequence.
std::string shell(const std::string& script) { return "[sh, -c, \"" + script + "\"]"; }

/// A loop in which `predict` is a program.
std::string predicting(const std::string& command) {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  predict: {uses: exec.predict, from: fetch, with: {command: " +
           command +
           "}}\n"
           "  score: {uses: score.classification, from: predict}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: "
           "uncertainty_margin, n_new: 3}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

const std::string one_round = "rounds: {max: 1}\n";

}  // namespace

TEST_CASE("a program predicts each sample it is given", "[stages]") {
    SmallPool pool;
    // Even samples are certain, odd ones a coin toss.
    pool.folder().write(
        "predict.sh",
        "sed -E 's/.*(s[0-9]+[02468])\\.jpg.*/{\"file_name\":\"\\1.jpg\",\"probabilities\":[1,0]}/;"
        "s/.*(s[0-9]+[13579])\\.jpg.*/{\"file_name\":\"\\1.jpg\",\"probabilities\":[0.5,0.5]}/'\n");
    const auto picks = picks_of(pool.run(predicting("[sh, predict.sh]"), one_round));
    REQUIRE(picks.size() == 3);
    for (const auto& name : picks) CHECK(std::string("13579").find(name[2]) != std::string::npos);
}

TEST_CASE("a program that fails ends the round with its code and its last words", "[stages]") {
    SmallPool pool;
    const auto error = pool.error_of(
        predicting(shell("cat >/dev/null; echo no model here >&2; exit 3")), one_round);
    CHECK_THAT(error,
               Contains("stage 'predict', round 1:") && Contains("exited with code 3") &&
                   Contains("no model here"));
}

TEST_CASE("a program that is not there is named", "[stages]") {
    SmallPool pool;
    CHECK_THAT(pool.error_of(predicting("[no-such-program]"), one_round),
               Contains("no-such-program"));
}

TEST_CASE("a program that leaves samples out or writes no JSON is refused", "[stages]") {
    SmallPool pool;
    CHECK_THAT(pool.error_of(predicting(shell("cat >/dev/null")), one_round),
               Contains("came without a prediction"));
    CHECK_THAT(pool.error_of(predicting(shell("cat >/dev/null; echo hello")), one_round),
               Contains("output.jsonl:1:"));
}

TEST_CASE("a model trained by a program reaches the programs that predict and measure",
          "[stages]") {
    SmallPool pool;
    pool.folder().write("train.sh", "grep -c label > \"$TROMMEL_MODEL_DIR/count\"\n");
    pool.folder().write("predict.sh",
                        "test -s \"$TROMMEL_MODEL_DIR/count\" || exit 9\n"
                        "sed -E 's/\\}$/,\"probabilities\":[0.25,0.75]}/'\n");
    pool.folder().write(
        "measure.sh",
        "cat >/dev/null; echo \"{\\\"labels\\\": $(cat $TROMMEL_MODEL_DIR/count)}\"\n");
    const auto result = pool.run(
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  label: {uses: label.table, from: fetch, with: {file: labels.csv}}\n"
        "  train: {uses: exec.train, from: label, with: {command: [sh, train.sh], embeddings: "
        "true}}\n"
        "  measure: {uses: exec.evaluate, from: train, with: {command: [sh, measure.sh], metrics: "
        "labels}}\n"
        "  predict: {uses: exec.predict, from: [fetch, train], with: {command: [sh, predict.sh]}}\n"
        "  score: {uses: score.classification, from: predict}\n"
        "  upload: {uses: upload_scores, from: score}\n"
        "  sample: {uses: sample, from: upload, with: {method: CORAL, score: uncertainty_entropy, "
        "n_new: 5}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
        "rounds: {max: 2}\n");
    REQUIRE(result.history.measurements.size() == 3);
    CHECK(result.history.measurements[0].values.at("measure.labels") == 6);
    CHECK(result.history.measurements[2].values.at("measure.labels") == 16);
}

TEST_CASE("a program scores samples under names of its own", "[stages]") {
    SmallPool pool;
    pool.folder().write(
        "score.sh",
        "sed -E "
        "'s/.*\"s0?([0-9]+)\\.jpg.*/{\"file_name\":\"sX\\1.jpg\",\"scores\":{\"novelty\":\\1}}/;"
        "s/sX([0-9])\\.jpg/s0\\1.jpg/;s/sX/s/'\n");
    const auto result = pool.run(
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  score: {uses: exec.score, from: fetch, with: {command: [sh, score.sh]}}\n"
        "  upload: {uses: upload_scores, from: score}\n"
        "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: novelty, "
        "n_new: 4}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
        one_round);
    const auto picks = picks_of(result);
    REQUIRE(picks.size() == 4);
    CHECK(std::ranges::is_sorted(picks, std::greater{}));
}

TEST_CASE("a program is asked for each label once a run", "[stages]") {
    SmallPool pool;
    pool.folder().write("label.sh", "tee -a asked.txt | sed -E 's/\\}$/,\"label\":\"thing\"}/'\n");
    pool.run(
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  label: {uses: exec.label, from: fetch, with: {command: [sh, label.sh]}}\n"
        "  train: {uses: train.linear_probe, from: label}\n"
        "  sample: {uses: sample, from: fetch, needs: train, with: {method: RANDOM, n_new: 4}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
        "rounds: {max: 3}\n");
    std::ifstream asked(pool.folder() / "asked.txt");
    std::vector<std::string> lines;
    for (std::string line; std::getline(asked, line);) lines.push_back(line);
    CHECK(lines.size() == 6 + 4 + 4);
    std::ranges::sort(lines);
    CHECK(std::ranges::adjacent_find(lines) == lines.end());
    CHECK_THAT(pool.left("stages/label/labels.csv"), Contains("file_name,label\n"));
}

}  // namespace trommel
