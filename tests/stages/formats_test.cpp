// Every format of predictions and every task, from a file to what is chosen.

#include "stages/small_pool.hpp"
#include "support/shell.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace trommel {

using Catch::Matchers::Contains;
using test::name_of;
using test::picks_of;
using test::SmallPool;

namespace {

const std::string one_round = "rounds: {max: 1}\n";

/// Reads predictions with these options and takes the 5 best by `score`; `scoring` options of that
/// stage.
std::string stages_for(const std::string& task,
                       const std::string& options,
                       const std::string& score = "uncertainty_margin",
                       const std::string& scoring = "") {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  predict: {uses: predictions." +
           task + ", from: fetch, with: {batch: 7, " + options +
           "}}\n"
           "  score: {uses: score." +
           task + ", from: predict, with: {" + scoring +
           "}}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: " +
           score +
           ", n_new: 5}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

/// How sure the model is of a sample, other for each; the least sure is sample 37.
double sure_of(int sample) { return 0.5 + ((sample * 13 + 59) % 60) * 0.008; }

std::string as_lines() {
    std::string text;
    for (int i = 0; i < 60; ++i)
        text += fmt::format("{{\"file_name\": \"{}\", \"probabilities\": [{}, {}]}}\n",
                            name_of(i),
                            sure_of(i),
                            1 - sure_of(i));
    return text;
}

/// A .npy of doubles.
std::string as_array(const std::string& shape, const std::vector<double>& values) {
    auto header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}), }}", shape);
    header.resize(117, ' ');
    std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
    bytes += header + '\n';
    const auto at = bytes.size();
    bytes.resize(at + values.size() * sizeof(double));
    std::memcpy(bytes.data() + at, values.data(), values.size() * sizeof(double));
    return bytes;
}

std::string names() {
    std::string text;
    for (int i = 0; i < 60; ++i) text += name_of(i) + '\n';
    return text;
}

void write_folder(const test::TempDir& folder) {
    folder.write("task/schema.json",
                 R"({"task_type": "classification", "categories": [{"id": 0, "name": "a"}, )"
                 R"({"id": 1, "name": "b"}]})");
    for (int i = 0; i < 60; ++i)
        folder.write(
            fmt::format("task/{}.json", i),
            fmt::format("{{\"file_name\": \"{}\",\n\"predictions\": [{{\"category_id\": 0, "
                        "\"probabilities\": [{}, {}]}}]}}",
                        name_of(i),
                        sure_of(i),
                        1 - sure_of(i)));
}

}  // namespace

TEST_CASE("lines and arrays and folders and archives of the same give the same choice",
          "[stages]") {
    SmallPool pool;
    const auto& folder = pool.folder();
    folder.write("p.jsonl", as_lines());
    std::vector<double> values;
    for (int i = 0; i < 60; ++i) values.insert(values.end(), {sure_of(i), 1 - sure_of(i)});
    folder.write("p.npy", as_array("60, 2", values));
    folder.write("names.txt", names());
    write_folder(folder);
    REQUIRE(test::shell("tar -C " + folder.path().string() + " -czf " +
                        (folder / "p.tar.gz").string() + " task")
                .code == 0);
    const auto picks = [&](const std::string& options) {
        return picks_of(pool.run(stages_for("classification", options), one_round));
    };
    const auto expected = picks("file: p.jsonl");
    REQUIRE(expected.size() == 5);
    CHECK_FALSE(std::ranges::is_sorted(expected));
    CHECK(picks("file: p.npy, names: names.txt") == expected);
    CHECK(picks("file: task") == expected);
    CHECK(picks("file: p.tar.gz") == expected);
}

TEST_CASE("what a format does not have is said before or with its file", "[stages]") {
    SmallPool pool;
    const auto& folder = pool.folder();
    const auto error = [&](const std::string& task, const std::string& options) {
        const std::string score =
            task == "keypoint_detection" ? "mean_uncertainty" : "uncertainty_margin";
        return pool.error_of(stages_for(task, options, score), one_round);
    };
    folder.write("p.npy", as_array("60, 2", std::vector<double>(120, 0.5)));
    folder.write("names.txt", names() + "one-more.jpg\n");
    write_folder(folder);
    CHECK_THAT(error("object_detection", "file: p.npy"),
               Contains("object-detection has no array form; write JSON Lines"));
    CHECK_THAT(error("keypoint_detection", "file: p.csv"), Contains("has no CSV form"));
    CHECK_THAT(error("classification", "file: p.json"), Contains("has no COCO results form"));
    CHECK_THAT(error("object_detection", "file: task"),
               Contains("the schema is of classification, and object-detection is asked for"));
    CHECK_THAT(error("semantic_segmentation", "file: p.npy"),
               Contains("the array is (60, 2), and semantic-segmentation takes (samples, width"));
    CHECK_THAT(error("classification", "file: p.npy, names: names.txt"),
               Contains("more names than the 60 rows"));
    CHECK_THAT(error("classification", "file: p.npy"), Contains("not in dataset 'small': 0, 1,"));
    CHECK_THAT(error("classification", "file: task, shards: 2"), Contains("only JSON Lines have"));
    CHECK_THAT(error("classification", "file: p.jsonl, names: names.txt"),
               Contains("is for arrays"));
}

TEST_CASE("COCO results speak of images by their ids", "[stages]") {
    SmallPool pool;
    pool.folder().write(
        "r.json", R"([{"image_id": 42, "category_id": 1, "bbox": [0, 0, 5, 5], "score": 0.5}])");
    CHECK_THAT(pool.error_of(stages_for("object_detection", "file: r.json", "object_frequency"),
                             one_round),
               Contains("r.json:1: 1 sample not in dataset 'small': 42"));
}

TEST_CASE("segmented images with the most doubtful pixels are chosen first", "[stages]") {
    SmallPool pool;
    std::vector<double> values;  // (60, 1, 2, 2): a sure pixel beside one that is not
    for (int i = 0; i < 60; ++i) values.insert(values.end(), {1, 0, sure_of(i), 1 - sure_of(i)});
    pool.folder().write("p.npy", as_array("60, 1, 2, 2", values));
    pool.folder().write("names.txt", names());
    pool.folder().write("p.jsonl", as_lines());
    const auto result =
        pool.run(stages_for("semantic_segmentation", "file: p.npy, names: names.txt"), one_round);
    CHECK(picks_of(result) ==
          picks_of(pool.run(stages_for("classification", "file: p.jsonl"), one_round)));
    CHECK(*result.history.picks[0].picks[0].score < 0.5);

    std::string lines;
    for (int i = 0; i < 60; ++i)
        lines += fmt::format("{{\"file_name\": \"{}\", \"probabilities\": [[[0.9, 0.4]]]}}\n",
                             name_of(i));
    pool.folder().write("bad.jsonl", lines);
    CHECK_THAT(pool.error_of(stages_for("semantic_segmentation", "file: bad.jsonl"), one_round),
               Contains("bad.jsonl:1: sample 's00.jpg': pixels 0: its 2 probabilities sum to 1.3"));
}

TEST_CASE("images whose keypoints are the least sure are chosen first", "[stages]") {
    SmallPool pool;
    std::string lines;
    for (int i = 0; i < 60; ++i)
        lines += fmt::format(
            "{{\"file_name\": \"{}\", \"predictions\": [{{\"keypoints\": [1, 2, {}]}}]}}\n",
            name_of(i),
            sure_of(i));
    pool.folder().write("k.jsonl", lines);
    pool.folder().write("p.jsonl", as_lines());
    const auto result =
        pool.run(stages_for("keypoint_detection", "file: k.jsonl", "mean_uncertainty"), one_round);
    CHECK(picks_of(result) ==
          picks_of(pool.run(stages_for("classification", "file: p.jsonl"), one_round)));
}

TEST_CASE("the uncertainties of boxes become one by reduce", "[stages]") {
    SmallPool pool;
    std::string lines;
    for (int i = 0; i < 60; ++i) {  // odd samples: one box in doubt; even ones: three that are less
        const std::string box = R"({"category_id": 0, "bbox": [0, 0, 5, 5], "score": )";
        const auto low = fmt::format("{}{}}}", box, 0.7);
        lines += fmt::format("{{\"file_name\": \"{}\", \"predictions\": [{}]}}\n",
                             name_of(i),
                             i % 2 == 1 ? box + "0.5}" : low + ", " + low + ", " + low);
    }
    pool.folder().write("d.jsonl", lines);
    const auto best = [&](const std::string& reduce) {
        const auto result =
            pool.run(stages_for("object_detection", "file: d.jsonl", "uncertainty_margin", reduce),
                     one_round);
        return *result.history.picks[0].picks[0].score;
    };
    CHECK(best("reduce: max") == Approx(1));
    CHECK(best("reduce: mean") == Approx(1));
    CHECK(best("reduce: sum") == Approx(1.8));
    CHECK(best("reduce: top_k, top_k: 1") == Approx(1));
    CHECK_THAT(pool.error_of(stages_for(
                   "object_detection", "file: d.jsonl", "uncertainty_margin", "reduce: median")),
               Contains("reduce") && Contains("top_k"));
}

TEST_CASE("boxes whose probabilities are none are refused with line and sample", "[stages]") {
    SmallPool pool;
    pool.folder().write(
        "d.jsonl",
        R"({"file_name": "s00.jpg", "boxes": [[0, 0, 1, 1]], "object_probabilities": [0.9], )"
        R"("class_probabilities": [[0.9, 0.9]]})");
    CHECK_THAT(pool.error_of(stages_for("object_detection", "file: d.jsonl"), one_round),
               Contains("d.jsonl:1: sample 's00.jpg': box 0: its 2 probabilities sum to 1.8"));
}

TEST_CASE("committees are scored by how much their members differ, from lines and arrays alike",
          "[stages]") {
    SmallPool pool;
    const auto& folder = pool.folder();
    std::string lines;
    std::vector<double> values;
    for (int i = 0; i < 60; ++i) {
        // Their mean is 0.5 for every sample; the members of sample 37 differ most.
        const double apart = 1 - sure_of(i);
        lines += fmt::format("{{\"file_name\": \"{}\", \"probabilities\": [[{}, {}], [{}, {}]]}}\n",
                             name_of(i),
                             0.5 + apart,
                             0.5 - apart,
                             0.5 - apart,
                             0.5 + apart);
        values.insert(values.end(), {0.5 + apart, 0.5 - apart, 0.5 - apart, 0.5 + apart});
    }
    folder.write("c.jsonl", lines);
    folder.write("c.npy", as_array("60, 2, 2", values));
    folder.write("names.txt", names());
    folder.write("p.jsonl", as_lines());
    const auto picks = [&](const std::string& task, const std::string& options, const char* score) {
        return picks_of(pool.run(stages_for(task, options, score), one_round));
    };
    const auto by_bald = picks("committee", "file: c.jsonl", "bald");
    REQUIRE(by_bald.size() == 5);
    CHECK(by_bald == picks("committee", "file: c.npy, names: names.txt", "bald"));
    CHECK(by_bald == picks("classification", "file: p.jsonl", "uncertainty_margin"));
    CHECK_THAT(pool.error_of(stages_for("committee", "file: p.jsonl", "bald"), one_round),
               Contains("p.jsonl:1"));
    CHECK_THAT(
        pool.error_of(stages_for("committee", "file: names.txt, format: tar", "bald"), one_round),
        Contains("committees has no tar form"));
    CHECK_THAT(
        pool.error_of(stages_for("classification", "file: p.jsonl", "bald", "scores: [bald]"),
                      one_round),
        Contains("predictions.committee"));
}

TEST_CASE("scores are combined, also those that come when the last image has been counted",
          "[stages]") {
    SmallPool pool;
    const auto& folder = pool.folder();
    std::string lines;
    for (int i = 0; i < 60; ++i) {
        lines += fmt::format("{{\"file_name\": \"{}\", \"predictions\": [", name_of(i));
        const int boxes = 1 + (i * 7) % 5;
        for (int box = 0; box < boxes; ++box)
            lines += fmt::format("{}{{\"category_id\": 0, \"bbox\": [0, 0, 1, 1], \"score\": {}}}",
                                 box > 0 ? ", " : "",
                                 sure_of(i));
        lines += "]}\n";
    }
    folder.write("d.jsonl", lines);
    const auto picks = [&](const std::string& weights, const char* score) {
        auto stages = stages_for("object_detection", "file: d.jsonl", score);
        const std::string upload = "  upload: {uses: upload_scores, from: score}\n";
        stages.replace(stages.find(upload),
                       upload.size(),
                       "  both: {uses: score.combine, from: score, with: {weights: '" + weights +
                           "'}}\n  upload: {uses: upload_scores, from: both}\n");
        return stages;
    };
    const auto run = [&](const std::string& weights, const char* score) {
        return picks_of(pool.run(picks(weights, score), one_round));
    };
    const auto of_frequency = run("object_frequency:1", "object_frequency");
    const auto of_doubt = run("object_frequency:1", "objectness_least_confidence");
    REQUIRE(of_frequency != of_doubt);
    CHECK(run("object_frequency:1, objectness_least_confidence:0", "combined") == of_frequency);
    CHECK(run("object_frequency:0, objectness_least_confidence:2", "combined") == of_doubt);
    CHECK(run("objectness_least_confidence", "combined") == of_doubt);
    CHECK_THAT(pool.error_of(picks("object_frequencie", "combined"), one_round),
               Contains("gives it the score 'object_frequencie'") &&
                   Contains("did you mean 'object_frequency'?"));
    CHECK_THAT(pool.error_of(picks("a:x", "combined"), one_round),
               Contains("'x' of 'a' is not a finite number"));
}

}  // namespace trommel
