// What lint knows of the stages that there are: scores that flow from one to the next, and files.

#include "support/small_pool_files.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/utf8.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/selection/strategy_settings.hpp"
#include "trommel/stages/stages.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace trommel {

using Catch::Matchers::Contains;
using test::small_pipeline;

namespace {

const std::string fetch = "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n";
const std::string boxes =
    "  predict: {uses: predict.server_object_detection, from: fetch, with: {url: 'http://host', "
    "model: m}}\n"
    "  score: {uses: score.object_detection, from: predict}\n";
const std::string classes =
    "  label: {uses: label.table, from: fetch, with: {file: labels.csv}}\n"
    "  train: {uses: train.linear_probe, from: label}\n"
    "  predict: {uses: predict.linear_probe, from: train}\n"
    "  score: {uses: score.classification, from: predict}\n";
const std::string upload = "  upload: {uses: upload_scores, from: score}\n";

std::string sample(const std::string& with, const std::string& from = "upload") {
    return "  sample: {uses: sample, from: " + from + ", with: {n_new: 4, " + with + "}}\n";
}

/// The folder of the small pool, in which texts are linted.
class Lint {
public:
    Lint() { test::write_small_pool(folder); }

    std::string of(const std::string& stages, const std::string& tail = "") {
        return of_text(small_pipeline(stages, tail));
    }

    std::string of_text(const std::string& text) {
        const SourceText source{"p.yaml", text};
        Diagnostics diagnostics;
        read_pipeline(source, folder.path(), registry_, {}, diagnostics, InputFiles::checked);
        return diagnostics.render(source);
    }

    test::TempDir folder;

private:
    Registry registry_ = stages::all_stages();
};

}  // namespace

TEST_CASE("a score that nobody computes is an error wherever it is named", "[stages][lint]") {
    Lint lint;
    const std::string all = fetch + classes + upload;
    CHECK(lint.of(all + sample("strategy: margin, score: uncertainty_margin")) == "");
    const auto score = lint.of(all + sample("strategy: margin, score: uncertainty_margn"));
    CHECK_THAT(score, Contains("error[unknown-score]") && Contains("p.yaml:13:"));
    CHECK_THAT(score, Contains("did you mean 'uncertainty_margin'?"));
    CHECK_THAT(lint.of(all + sample("strategy: random, score: uncertainty_margn")),
               Contains("unknown-score"));
    CHECK_THAT(lint.of(all + sample("strategy: combined, goals: [diversity, "
                                    "weights=uncertainty_margn^2]")),
               Contains("no stage before 'sample' gives it the score 'uncertainty_margn'"));
    CHECK_THAT(lint.of(all + sample("strategy: combined, goals: [weights=uncertainty_margin, "
                                    "balance=uncertainty_ratio+uncertainty_entropy]")),
               Contains("'uncertainty_ratio'") && !Contains("'uncertainty_entropy'"));
    CHECK_THAT(lint.of(all + sample("strategy: coreset, thresholds: ['blur<=0.5']")),
               Contains("gives it the score 'blur'"));
}

TEST_CASE("scores that are computed and not stored are not there to choose by", "[stages][lint]") {
    Lint lint;
    CHECK_THAT(lint.of(fetch + classes + sample("strategy: margin", "fetch")),
               Contains("gives it the score 'uncertainty_margin'") && Contains("upload_scores"));
    CHECK(lint.of(fetch + classes + upload +
                  "  sample: {uses: sample, from: fetch, needs: upload, with: {strategy: margin, "
                  "n_new: 4}}\n") == "");
    CHECK(lint.of(fetch + classes + upload +
                  "  sample: {uses: sample, from: fetch, when: round > 1, with: {strategy: margin, "
                  "n_new: 4}}\n") == "");
}

TEST_CASE("lint refuses each strategy that lacks scores or embeddings", "[stages][lint]") {
    Lint lint;
    lint.folder.write("names.txt", "s00.jpg\ns01.jpg\n");
    for (const auto& strategy : selection::strategies()) {
        if (strategy.needs_probabilities || strategy.needs_goals || strategy.needs_query) continue;
        std::string with = fmt::format("strategy: {}", strategy.name);
        if (strategy.needed_setting != nullptr)
            with += fmt::format(", {}: 1", strategy.needed_setting->name);
        CAPTURE(with);
        CHECK(lint.of(fetch + classes + upload + sample(with)) == "");
        const auto unscored = lint.of(fetch + sample(with, "fetch"));
        if (strategy.needs_scores)
            CHECK_THAT(
                unscored,
                Contains("error[unknown-score]: no stage before 'sample' gives it the score"));
        else
            CHECK(unscored == "");
        CHECK(lint.of(fetch + sample(with, "fetch"), "platform: {embedded: kept.db}\n") == "");

        auto names_alone = small_pipeline(fetch + sample(with, "fetch"), "");
        const std::string embeddings = "embeddings: pool.csv";
        names_alone.replace(names_alone.find(embeddings), embeddings.size(), "names: names.txt");
        const bool is_refused =
            lint.of_text(names_alone).find("no-embeddings") != std::string::npos;
        CHECK(is_refused == strategy.needs_embeddings);
    }
}

TEST_CASE("a tag that comes from elsewhere may have any scores", "[stages][lint]") {
    Lint lint;
    const std::string other =
        "  fetch: {uses: fetch_tag, with: {query: other}}\n" + sample("score: x", "fetch");
    CHECK(lint.of(other) == "");
    const std::string pool = fetch + sample("strategy: margin, score: x", "fetch");
    CHECK_THAT(lint.of(pool), Contains("unknown-score"));
    CHECK(lint.of(pool, "platform: {embedded: kept.db}\n") == "");
}

TEST_CASE("what a program scores is not known before the run", "[stages][lint]") {
    Lint lint;
    const std::string program =
        "  score: {uses: exec.score, from: fetch, with: {command: [sh, score.sh]}}\n";
    CHECK(lint.of(fetch + program + upload + sample("strategy: margin, score: anything"),
                  "rounds: {max: 2, until: 'mean_score_below(anything, 1)'}\n") == "");
}

TEST_CASE("combined scores flow on beside their parts", "[stages][lint]") {
    Lint lint;
    const auto combine = [](const std::string& weights) {
        return "  both: {uses: score.combine, from: score, with: {weights: '" + weights +
               "', name: both}}\n  upload: {uses: upload_scores, from: both}\n";
    };
    const std::string good = combine("uncertainty_margin:2,uncertainty_entropy");
    CHECK(lint.of(fetch + classes + good + sample("strategy: margin, score: both")) == "");
    CHECK(lint.of(fetch + classes + good + sample("strategy: margin, score: uncertainty_margin")) ==
          "");
    const auto wrong =
        lint.of(fetch + classes + combine("uncertainty_margin:2,uncertainty_entrpy"));
    CHECK_THAT(wrong, Contains("the score 'uncertainty_entrpy'"));
    CHECK_THAT(wrong, Contains("did you mean 'uncertainty_entropy'?"));
}

TEST_CASE("rules and tests use scores of detection as by those of classification",
          "[stages][lint]") {
    Lint lint;
    const auto until = [](const std::string& score) {
        return "rounds: {max: 2, until: 'mean_score_below(\"" + score + "\", 1)'}\n";
    };
    for (const auto& stages : {classes, boxes}) {
        CHECK(lint.of(fetch + stages, until("uncertainty_margin")) == "");
        CHECK_THAT(lint.of(fetch + stages, until("uncertainty_margn")),
                   Contains("no stage computes the score 'uncertainty_margn'") &&
                       Contains("did you mean 'uncertainty_margin'?"));
    }
    CHECK_THAT(lint.of(fetch + boxes,
                       "rounds: {max: 2}\ntests:\n  t: {expect: {that: "
                       "'mean_score_below(objectness, 1)'}}\n"),
               Contains("no stage computes the score 'objectness'"));
}

TEST_CASE("a score is known by the name that its column has", "[stages][lint]") {
    Lint lint;
    std::string stages = fetch + classes + upload;
    const std::string scored = "score.classification, from: predict";
    stages.replace(
        stages.find(scored), scored.size(), scored + ", with: {scores: [prediction-margin]}");
    CHECK(lint.of(stages + sample("strategy: margin, score: uncertainty_least_confidence")) == "");
    CHECK_THAT(lint.of(stages + sample("strategy: margin, score: prediction-margin")),
               Contains("unknown-score"));
}

TEST_CASE("what a param may be must be what the option takes", "[stages][lint]") {
    Lint lint;
    auto text = small_pipeline(fetch +
                               "  sample: {uses: sample, from: fetch, with: {method: "
                               "'${params.how}', n_new: 4}}\n");
    const auto params = text.find("params: {");
    text.insert(params + 9, "how: {type: enum, of: [RANDOM, CORSET], default: RANDOM}, ");
    CHECK_THAT(lint.of_text(text),
               Contains("'method' cannot be 'CORSET', which the param 'how' may be") &&
                   Contains("did you mean 'CORESET'?"));
}

// --------------------------------------------------------------------------------------- files

TEST_CASE("a file that is not there is an error at its place", "[stages][lint]") {
    Lint lint;
    const std::string table = "  label: {uses: label.table, from: fetch, with: {file: ";
    const auto missing = lint.of(fetch + table + "lables.csv}}\n");
    CHECK_THAT(missing, Contains("p.yaml:8:") && Contains("error[missing-file]"));
    CHECK_THAT(missing, Contains("lables.csv'") && Contains("did you mean 'labels.csv'?"));
    CHECK_THAT(lint.of(fetch + table + "far/labels.csv}}\n"), Contains("there is no folder '"));
    CHECK_THAT(lint.of(fetch + table + ".}}\n"), Contains("is a folder"));

    auto text = small_pipeline(fetch);
    text.replace(text.find("pool.csv"), 8, "polo.csv");
    CHECK_THAT(lint.of_text(text), Contains("p.yaml:3:") && Contains("did you mean 'pool.csv'?"));
    auto names = small_pipeline(fetch);
    names.replace(names.find("{random: 18}"), 12, "{names: test.txt}");
    CHECK_THAT(lint.of_text(names), Contains("test.txt'"));
    auto state = small_pipeline(fetch);
    state.replace(state.find("{random: 6}"), 11, "{names: init.txt}");
    CHECK_THAT(lint.of_text(state), Contains("init.txt'"));
}

TEST_CASE("a file of another form is an error that says what it must be", "[stages][lint]") {
    Lint lint;
    lint.folder.write("e.npy", std::string("\x93NUMPY\x01\x00v\x00", 10));
    auto text = small_pipeline(fetch);
    text.replace(text.find("pool.csv"), 8, "e.npy");
    const auto array = lint.of_text(text);
    CHECK_THAT(array, Contains("error[wrong-file]") && Contains("e.npy: is a NumPy array"));
    CHECK_THAT(array, Contains("'embeddings' must be a CSV with the columns filenames, "));
    CHECK(is_valid_utf8(array));
    CHECK_THAT(lint.of(fetch + "  l: {uses: label.table, from: fetch, with: {file: p.yaml}}\n"),
               Contains("missing-file"));
    lint.folder.write("one.csv", "file_name,class\na.png,ape\n");
    CHECK_THAT(lint.of(fetch + "  l: {uses: label.table, from: fetch, with: {file: one.csv}}\n"),
               Contains("one.csv:1: the header has no column 'label'"));
}

TEST_CASE("predictions are read as far as the first of them", "[stages][lint]") {
    Lint lint;
    const auto of = [&](const std::string& file, const std::string& more = "") {
        return lint.of(fetch +
                       "  p: {uses: predictions.classification, from: fetch, with: {file: " + file +
                       more + "}}\n");
    };
    lint.folder.write("p.jsonl", "{\"file_name\": \"a\", \"probabilities\": [0.5, 0.5]}\n{bad\n");
    CHECK(of("p.jsonl") == "");
    CHECK(of("p.jsonl", ", shard: '${round}', shards: 2") == "");
    CHECK_THAT(of("p.json1"), Contains("did you mean 'p.jsonl'?"));
    CHECK_THAT(of("labels.csv"), Contains("error[wrong-file]"));
    CHECK_THAT(of("p.jsonl", ", format: npy"), Contains("error[wrong-file]"));
    CHECK_THAT(of("p.jsonl", ", format: lightly"), Contains("error[wrong-file]"));
    CHECK_THAT(of("p.jsonl", ", format: npy, names: none.txt"), Contains("none.txt'"));
    lint.folder.write("boxes.jsonl", "{\"file_name\": \"a\", \"predictions\": 3}\n");
    CHECK_THAT(of("boxes.jsonl"), Contains("boxes.jsonl:1: "));
}

TEST_CASE("what only a round knows is not looked for", "[stages][lint]") {
    Lint lint;
    CHECK(lint.of(fetch + "  p: {uses: predictions.classification, from: fetch, with: {file: "
                          "'p-${round}.jsonl'}}\n") == "");
}

TEST_CASE("a file that a program of the run may make is not missed, only warned of",
          "[stages][lint]") {
    Lint lint;
    const std::string program =
        "  ask: {uses: exec.label, from: fetch, with: {command: [sh, ask.sh]}}\n";
    const std::string read =
        "  p: {uses: predictions.classification, from: fetch, with: {file: p.jsonl}, needs: ";
    const auto made = lint.of(fetch + program + read + "ask}\n");
    CHECK_THAT(made, Contains("warning[missing-file]") && !Contains("error"));
    CHECK_THAT(made, Contains("perhaps stage 'ask' makes it"));
    CHECK_THAT(lint.of(fetch + program + read + "fetch}\n"), Contains("error[missing-file]"));
    const std::string hook = "hooks: {make: {on: run_started, command: [sh, make.sh]}}\n";
    CHECK_THAT(lint.of(fetch + read + "fetch}\n", hook),
               Contains("perhaps hook 'make' makes it") && !Contains("error"));
    CHECK_THAT(lint.of(fetch + read + "fetch}\n",
                       "hooks: {tell: {on: run_finished, command: [sh, tell.sh]}}\n"),
               Contains("error[missing-file]"));
}

}  // namespace trommel
