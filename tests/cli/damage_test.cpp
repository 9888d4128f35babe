// Runs whose files were lost or damaged: what is told, with the file's name, and what is asked
// before people's work is asked for again.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

namespace fs = std::filesystem;
const std::string program = TROMMEL_PROGRAM;

/// A run in `r` whose people answer two rounds and not the third, and what it takes to go on.
class InterruptedRun {
public:
    InterruptedRun() {
        test::write_small_pool(folder);
        folder.write(
            "label.sh",
            "test \"$TROMMEL_ROUND\" -lt 3 -o -e ready || exit 1\n"
            "tee -a asked | awk '{ match($0, /s[0-9]+/); n = substr($0, RSTART + 1, 2) + 0;"
            " split(\"ape bee cat\", classes, \" \"); printf "
            "\"{\\\"file_name\\\":\\\"s%02d.jpg\\\",\\\"label\\\":\\\"%s\\\"}\\n\", n,"
            " classes[n % 3 + 1] }'\n");
        folder.write(
            "p.yaml",
            test::small_pipeline(
                "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
                "  label: {uses: exec.label, from: fetch, with: {command: [sh, label.sh]}}\n"
                "  train: {uses: train.linear_probe, from: label}\n"
                "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
                "  predict: {uses: predict.linear_probe, from: train}\n"
                "  score: {uses: score.classification, from: predict}\n"
                "  upload: {uses: upload_scores, from: score}\n"
                "  sample: {uses: sample, from: upload, with: {method: CORAL, score: "
                "uncertainty_margin, n_new: 4}}\n"
                "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
                "rounds: {max: 4}\n"));
        const auto end = call("run p.yaml --quiet --run-dir r");
        INFO(end.output);
        REQUIRE(end.code == 1);
        folder.write("ready", "");
    }

    Finished call(const std::string& words) const {
        return test::shell("cd '" + folder.path().string() + "' && " + program + " " + words);
    }
    Finished resume(const std::string& options = "") const {
        return call("resume r --quiet " + options);
    }
    std::string read(const std::string& name) const { return read_file(folder / name); }

    TempDir folder;
};

}  // namespace

TEST_CASE("a run whose database is gone says so, by its name", "[cli][damage]") {
    const InterruptedRun run;
    fs::remove(run.folder / "r/platform.db");
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("r/platform.db: is missing or empty"));
    CHECK_FALSE(fs::exists(run.folder / "r/platform.db"));
    CHECK_THAT(run.call("doctor r").output, Contains("platform.db: is missing"));
}

TEST_CASE("a round whose file is gone is not chosen again in silence", "[cli][damage]") {
    const InterruptedRun run;
    fs::remove(run.folder / "r/rounds/main/1.json");
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("rounds/main/1.json: is missing"));
}

TEST_CASE("a state that the platform has otherwise is told", "[cli][damage]") {
    const InterruptedRun run;
    const auto change = test::shell(
        "sqlite3 '" + (run.folder / "r/platform.db").string() +
        "' \"UPDATE tags SET mask_checksum = NULL, mask = (SELECT mask FROM tags ORDER BY "
        "number LIMIT 1), total = (SELECT total FROM tags ORDER BY "
        "number LIMIT 1) WHERE number = (SELECT max(number) FROM tags)\"");
    INFO(change.output);
    REQUIRE(change.code == 0);
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output,
               Contains("platform.db: the tag '") && Contains("does not hold the samples"));
}

TEST_CASE("a database that has other data than the run put there is named", "[cli][damage]") {
    const InterruptedRun run;
    const std::pair<const char*, const char*> changes[] = {
        {"UPDATE embedding_chunks SET checksum = NULL, floats = "
         "zeroblob(length(floats))",
         "has the embeddings"},
        {"UPDATE samples SET name = 'x.jpg' WHERE place = 3", "has the samples"},
        {"UPDATE tags SET id = id || 'x' WHERE number = (SELECT max(number) FROM tags)", ""}};
    for (const auto& [sql, message] : changes) {
        INFO(sql);
        fs::remove_all(run.folder / "copy");
        fs::copy(run.folder / "r", run.folder / "copy", fs::copy_options::recursive);
        const auto database = (run.folder / "copy/platform.db").string();
        REQUIRE(test::shell("sqlite3 '" + database + "' \"" + sql + "\"").code == 0);
        const auto end = run.call("resume copy --quiet");
        INFO(end.output);
        CHECK(end.code == 1);
        CHECK_THAT(end.output,
                   Contains("copy/platform.db: ") && Contains(message) && Contains("backup"));
        CHECK_THAT(end.output, !Contains("another name"));
    }
}

TEST_CASE("a finished run lacks no round in silence, and its tables are put right",
          "[cli][damage]") {
    const InterruptedRun run;
    REQUIRE(run.resume().code == 0);
    const auto picks = run.read("r/picks.csv");
    fs::copy(run.folder / "r", run.folder / "copy", fs::copy_options::recursive);

    run.folder.write("r/picks.csv", "round,rank,file_name,score\n1,1,s00.jpg,\n");
    CHECK_THAT(run.call("diff r copy").output, Contains("All picks are the same."));
    CHECK(run.resume().code == 0);
    CHECK(run.read("r/picks.csv") == picks);

    fs::remove(run.folder / "r/rounds/main/4.json");
    for (const std::string verb : {"resume r", "diff r copy"}) {
        const auto end = run.call(verb);
        INFO(end.output);
        CHECK(end.code == 1);
        CHECK_THAT(end.output, Contains("rounds/main/4.json: is missing"));
    }
    CHECK(run.read("r/picks.csv") == picks);
}

TEST_CASE("a label whose line is damaged is not asked for again in silence", "[cli][damage]") {
    const InterruptedRun run;
    const auto file = run.folder / "r/stages/label/answers.jsonl";
    auto text = read_file(file);
    text[text.size() - 10] ^= 1;
    run.folder.write("r/stages/label/answers.jsonl", text);
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("answers.jsonl: the last line is damaged"));
    CHECK(read_file(file) == text);
    CHECK_THAT(run.call("doctor r").output, Contains("answers.jsonl"));
    CHECK(run.resume("--ask-again").code == 0);
}

TEST_CASE("labels that are lost are asked for again only when told to", "[cli][damage]") {
    const InterruptedRun run;
    const auto asked = run.read("asked");
    fs::remove(run.folder / "r/stages/label/answers.jsonl");
    const auto refused = run.resume();
    INFO(refused.output);
    CHECK(refused.code == 1);
    CHECK_THAT(refused.output,
               Contains("stages/label/answers.jsonl: the labels of ") && Contains("--ask-again"));
    CHECK(run.read("asked") == asked);

    const auto end = run.resume("--ask-again");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.read("asked").size() > 2 * asked.size());
}

TEST_CASE("a doctor names what is not whole, and writes tables anew", "[cli][damage]") {
    const InterruptedRun run;
    const auto whole = run.call("doctor r");
    INFO(whole.output);
    CHECK(whole.code == 0);
    CHECK_THAT(whole.output, Contains(" files are whole, 0 are not"));

    run.folder.write("r/picks.csv", "round,rank,file_name,score\n1,1,s00.jpg,\n");
    const auto found = run.call("doctor r");
    CHECK(found.code == 1);
    CHECK_THAT(found.output, Contains("r/picks.csv: does not say what the rounds say"));
    CHECK_THAT(run.call("doctor r --json").output, Contains("\"advice\": \"write it anew"));
    CHECK(run.call("doctor r --rewrite-tables").code == 0);
    CHECK(run.call("doctor .").code == 2);
}

}  // namespace trommel
