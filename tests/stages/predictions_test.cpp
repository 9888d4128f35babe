#include "stages/small_pool.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel {

using Catch::Matchers::Contains;
using test::name_of;
using test::picks_of;
using test::SmallPool;

namespace {

/// Scores a file of predictions and takes the 5 best by `score`.
std::string stages_for(const std::string& task, const std::string& file, const std::string& score) {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  predictions: {uses: predictions." +
           task + ", from: fetch, with: {file: " + file +
           ", batch: 7}}\n"
           "  score: {uses: score." +
           task +
           ", from: predictions}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: " +
           score +
           ", n_new: 5}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

std::vector<std::string> classification_lines() {
    std::vector<std::string> lines;
    for (int i = 0; i < 60; ++i)
        lines.push_back(
            fmt::format("{{\"file_name\": \"{}\", \"probabilities\": [{:.4f}, {:.4f}]}}",
                        name_of(i),
                        0.5 + i * 0.005,
                        0.5 - i * 0.005));
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    return text;
}

const std::string by_margin = stages_for("classification", "p.jsonl", "uncertainty_margin");
const std::string one_round = "rounds: {max: 1}\n";

}  // namespace

TEST_CASE("the samples nearest to a coin toss are chosen first, held-out ones passed over",
          "[stages]") {
    SmallPool pool;
    pool.folder().write("p.jsonl", joined(classification_lines()));
    const auto result = pool.run(by_margin, one_round);
    const auto picks = picks_of(result);
    REQUIRE(picks.size() == 5);
    CHECK(std::ranges::is_sorted(picks));
    CHECK(picks.front() < "s10.jpg");
    CHECK(*result.history.picks[0].picks[0].score > 0.9);
}

TEST_CASE("a shuffled prediction file gives the same selection", "[stages]") {
    SmallPool pool;
    auto lines = classification_lines();
    pool.folder().write("p.jsonl", joined(lines));
    const auto straight = picks_of(pool.run(by_margin, one_round));
    std::ranges::reverse(lines);
    std::swap(lines[3], lines[40]);
    pool.folder().write("p.jsonl", joined(lines));
    CHECK(picks_of(pool.run(by_margin, one_round)) == straight);
}

TEST_CASE("missing and unknown and duplicate predictions end the round with their names",
          "[stages]") {
    SmallPool pool;
    const auto refused = [&](const std::vector<std::string>& lines) {
        pool.folder().write("p.jsonl", joined(lines));
        return pool.error_of(by_margin, one_round);
    };
    auto lines = classification_lines();
    lines.emplace_back("{\"file_name\": \"ghost.jpg\", \"probabilities\": [1, 0]}");
    CHECK_THAT(refused(lines), Contains("p.jsonl:61: 1 sample not in dataset 'small': ghost.jpg"));

    lines = classification_lines();
    lines.erase(lines.begin(), lines.begin() + 30);
    CHECK_THAT(refused(lines), Contains("came without a prediction") && Contains("…"));

    lines = classification_lines();
    lines.push_back(lines.back());
    CHECK_THAT(refused(lines),
               Contains("p.jsonl:61: sample 's59.jpg' is there twice, first in line 60"));
}

TEST_CASE("probabilities that are none are refused with file line and sample", "[stages]") {
    SmallPool pool;
    const auto refused = [&](const std::string& probabilities) {
        auto lines = classification_lines();
        lines[12] = "{\"file_name\": \"s12.jpg\", \"probabilities\": " + probabilities + "}";
        pool.folder().write("p.jsonl", joined(lines));
        return pool.error_of(by_margin, one_round);
    };
    CHECK_THAT(refused("[-0.5, 1.5]"), Contains("p.jsonl:13: sample 's12.jpg':"));
    CHECK_THAT(refused("[0.2, 0.2]"), Contains("p.jsonl:13: sample 's12.jpg':"));
    CHECK_THAT(refused("[NaN, 1]"), Contains("p.jsonl:13:") && Contains("s12.jpg"));
    CHECK_THAT(refused("[0.5, 0.25, 0.25]"), Contains("p.jsonl:13:") && Contains("s12.jpg"));
}

TEST_CASE("images with more objects of more classes are chosen first by object_frequency",
          "[stages]") {
    SmallPool pool;
    std::string text;
    for (int i = 0; i < 60; ++i) {
        std::string boxes;
        for (int box = 0; box < i % 10; ++box)
            boxes +=
                fmt::format("{}{{\"category_id\": {}, \"bbox\": [0, 0, 5, 5], \"score\": 0.9}}",
                            box == 0 ? "" : ", ",
                            box);
        text +=
            fmt::format("{{\"file_name\": \"{}\", \"predictions\": [{}]}}\n", name_of(i), boxes);
    }
    pool.folder().write("d.jsonl", text);
    const auto result =
        pool.run(stages_for("object_detection", "d.jsonl", "object_frequency"), one_round);
    const auto picks = picks_of(result);
    REQUIRE(picks.size() == 5);
    CHECK(picks.front().ends_with("9.jpg"));
    CHECK(*result.history.picks[0].picks[0].score == 1.0);
    CHECK(*result.history.picks[0].picks[4].score >= 0.9);
}

TEST_CASE("objects are counted by class, a score each", "[stages]") {
    SmallPool pool;
    std::string text;
    for (int i = 0; i < 60; ++i) {
        std::vector<std::string> boxes;
        for (int box = 0; box < i % 10; ++box)  // of odd samples persons, of even ones cars
            boxes.push_back(
                fmt::format(R"({{"category_id": {}, "bbox": [0, 0, 5, 5], "score": 0.9}})", i % 2));
        text += fmt::format("{{\"file_name\": \"{}\", \"predictions\": [{}]}}\n",
                            name_of(i),
                            fmt::join(boxes, ", "));
    }
    pool.folder().write("d.jsonl", text);
    const auto stages = [](const std::string& classes, const std::string& score) {
        auto all = stages_for("object_detection", "d.jsonl", score);
        const std::string scorer = "score.object_detection, from: predictions";
        all.replace(all.find(scorer),
                    scorer.size(),
                    "score.class_counts, from: predictions, with: {classes: " + classes + "}");
        return all;
    };
    const auto persons = pool.run(stages("[car, person]", "person"), one_round);
    REQUIRE(picks_of(persons).size() == 5);
    CHECK(picks_of(persons).front().ends_with("9.jpg"));
    CHECK(*persons.history.picks[0].picks[0].score == 9);
    const auto cars = pool.run(stages("[car, person]", "car"), one_round);
    CHECK(picks_of(cars).front().ends_with("8.jpg"));
    CHECK(*cars.history.picks[0].picks[0].score == 8);
    CHECK_THAT(pool.error_of(stages("[car]", "car"), one_round),
               Contains("has an object of class 1, and 'classes' names 1: car"));
    CHECK_THAT(pool.error_of(stages("[car, car]", "car"), one_round),
               Contains("'car' is named twice"));
}

}  // namespace trommel
