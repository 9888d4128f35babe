// Names that do not match, from a file of predictions to what is chosen.

#include "stages/small_pool.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace trommel {

using Catch::Matchers::Contains;
using test::name_of;
using test::picks_of;
using test::SmallPool;

namespace {

/// Takes the 5 best by margin of the file p.jsonl; `more` options of the stage that reads it.
std::string stages_with(const std::string& more) {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  predict: {uses: predictions.classification, from: fetch, with: {file: p.jsonl, "
           "batch: "
           "7" +
           more +
           "}}\n"
           "  score: {uses: score.classification, from: predict}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: "
           "uncertainty_margin, n_new: 5}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

/// Predictions of all samples; the lower a sample's number, the less sure the model is.
std::vector<std::string> lines() {
    std::vector<std::string> lines;
    for (int i = 0; i < 60; ++i)
        lines.push_back(fmt::format(R"({{"file_name": "{}", "probabilities": [{:.4f}, {:.4f}]}})",
                                    name_of(i),
                                    0.505 + i * 0.005,
                                    0.495 - i * 0.005));
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    return text;
}

/// The last samples' lines are missing, 12 of no sample are there, and one sample is there thrice.
std::vector<std::string> faulty_lines(bool with_twice) {
    auto all = lines();
    all.resize(45);
    for (int i = 0; i < 12; ++i)
        all.push_back(
            fmt::format(R"({{"file_name": "ghost {}, x.jpg", "probabilities": [1, 0]}})", i));
    if (with_twice) all.insert(all.end(), 2, all[20]);
    return all;
}

const std::string one_round = "rounds: {max: 1}\n";
const std::string list = "stages/predict/names-1.csv";

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("unknown and missing and repeated names end the round together, and all are in a file",
          "[stages]") {
    SmallPool pool;
    pool.folder().write("p.jsonl", joined(faulty_lines(true)));
    const auto error = pool.error_of(stages_with(""), one_round);
    CHECK_THAT(error, Contains("p.jsonl:46: 12 samples not in dataset 'small': ghost 0, x.jpg"));
    CHECK_THAT(error, Contains("ghost 9, x.jpg, …"));
    CHECK_THAT(error, Contains("p.jsonl:58: 2 samples came again: s20.jpg, s20.jpg"));
    CHECK_THAT(error, Contains("pool' came without a prediction: s45.jpg"));
    CHECK_THAT(error, Contains("(all are in ") && Contains("names-1.csv)"));
    const auto all = pool.left(list);
    CHECK(all.starts_with("problem,file_name,line\nunknown,\"ghost 0, x.jpg\",46\n"));
    CHECK(count(all, "\nunknown,") == 12);
    CHECK(count(all, "\ntwice,s20.jpg,") == 2);
    CHECK_THAT(all, Contains("\nmissing,s45.jpg,\n"));
    CHECK(count(all, "\nmissing,") > 10);  // the held-out ones are not asked for
}

TEST_CASE("skip leaves out what is missing, and the rest is chosen as ever", "[stages]") {
    SmallPool pool;
    pool.folder().write("p.jsonl", joined(lines()));
    const auto whole = picks_of(pool.run(stages_with(""), one_round));
    auto some = lines();
    std::erase_if(some, [&](const std::string& line) {
        return line.find(whole[0]) != std::string::npos || line.find(whole[2]) != std::string::npos;
    });
    some.emplace_back(R"({"file_name": "ghost.jpg", "probabilities": [1, 0]})");
    pool.folder().write("p.jsonl", joined(some));
    const auto result = pool.run(stages_with(", on_missing: skip"), one_round);
    const auto picks = picks_of(result);
    REQUIRE(picks.size() == 5);
    CHECK(picks[0] == whole[1]);
    CHECK(picks[1] == whole[3]);
    CHECK(picks[2] == whole[4]);
    REQUIRE(result.history.failed.size() == 1);
    CHECK(result.history.failed[0].records == 2);
    const auto all = pool.left(list);
    CHECK(count(all, "\nmissing,") == 2);
    CHECK_THAT(all, Contains("\nunknown,ghost.jpg,59\n"));
}

TEST_CASE("default takes what is missing for unsure in everything", "[stages]") {
    SmallPool pool;
    pool.folder().write("p.jsonl", joined(lines()));
    const auto whole = picks_of(pool.run(stages_with(""), one_round));
    auto some = lines();
    std::erase_if(
        some, [&](const std::string& line) { return line.find(whole[3]) != std::string::npos; });
    pool.folder().write("p.jsonl", joined(some));
    const auto result = pool.run(stages_with(", on_missing: default"), one_round);
    CHECK(picks_of(result).front() == whole[3]);
    CHECK(*result.history.picks[0].picks[0].score == 1.0);
    CHECK(result.history.failed.empty());
    CHECK(count(pool.left(list), "\nmissing,") == 1);
}

TEST_CASE("a name that comes twice ends the round whatever is done about missing ones",
          "[stages]") {
    SmallPool pool;
    auto twice = lines();
    twice.push_back(twice[20]);
    pool.folder().write("p.jsonl", joined(twice));
    for (const std::string how : {"skip", "default", "fail"})
        CHECK_THAT(pool.error_of(stages_with(", on_missing: " + how), one_round),
                   Contains("p.jsonl:61: sample 's20.jpg' is there twice, first in line 21"));
}

TEST_CASE("a file without a record has no default", "[stages]") {
    SmallPool pool;
    pool.folder().write("p.jsonl", "");
    CHECK_THAT(pool.error_of(stages_with(", on_missing: default"), one_round),
               Contains("no record that says how many classes there are"));
    CHECK_THAT(pool.error_of(stages_with(", on_missing: skip"), one_round), Contains("max_errors"));
}

}  // namespace trommel
