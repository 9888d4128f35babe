// Records that fail beside good ones: what `on_error` and `max_errors` make of them, through the
// whole loop.

#include "stages/small_pool.hpp"
#include "trommel/pipeline/engine/journal/quarantine.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace trommel {

using Catch::Matchers::Contains;
using test::name_of;
using test::picks_of;
using test::SmallPool;

namespace {

/// Chooses the 5 samples nearest to a coin toss by a file of predictions, under these policies.
std::string stages_with(const std::string& policies, const std::string& file = "p.jsonl") {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  predict: {uses: predictions.classification, from: fetch, with: {file: " +
           file + ", batch: 7}, " + policies +
           "}\n"
           "  score: {uses: score.classification, from: predict}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: "
           "uncertainty_margin, n_new: 5}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

/// Predictions of all samples; the lower a sample's number, the less sure the model is.
class Lines {
public:
    Lines() {
        for (int i = 0; i < 60; ++i)
            lines_.push_back(
                fmt::format(R"({{"file_name": "{}", "probabilities": [{:.3f}, {:.3f}]}})",
                            name_of(i),
                            0.5 + i * 0.005,
                            0.5 - i * 0.005));
    }

    std::string& operator[](int i) { return lines_[static_cast<std::size_t>(i)]; }
    void add(const std::string& line) { lines_.push_back(line); }
    void reverse() { std::ranges::reverse(lines_); }

    std::string text() const {
        std::string text;
        for (const auto& line : lines_)
            if (!line.empty()) text += line + '\n';
        return text;
    }

private:
    std::vector<std::string> lines_;
};

const std::string one_round = "rounds: {max: 1}\n";

/// Samples that are neither held out nor in the initial set, least sure first.
std::vector<int> candidates() {
    SmallPool pool;
    pool.folder().write("p.jsonl", Lines().text());
    std::vector<int> numbers;
    for (const auto& name : picks_of(pool.run(stages_with("needs: []"), "rounds: {max: 8}\n")))
        numbers.push_back(std::stoi(name.substr(1, 2)));
    return numbers;
}

std::set<std::string> names_of(const std::vector<QuarantinedRecord>& records) {
    std::set<std::string> names;
    for (const auto& record : records) names.insert(record.sample);
    return names;
}

}  // namespace

TEST_CASE("samples whose records failed are left out of the choice, and the rest is chosen as ever",
          "[stages]") {
    const auto order = candidates();
    Lines lines;
    lines[order[0]] = R"({"file_name": ")" + name_of(order[0]) + R"(", "probabilities": [NaN, 1]})";
    lines[order[1]] = lines[order[1]].substr(0, 40);  // cut off
    lines[order[3]] =
        R"({"file_name": ")" + name_of(order[3]) + R"(", "probabilities": [0.2, 0.2]})";
    lines[order[4]] = "";  // missing
    for (const std::string policy : {"on_error: skip", "on_error: quarantine"}) {
        SmallPool pool;
        pool.folder().write("p.jsonl", lines.text());
        const auto result = pool.run(stages_with(policy), one_round);
        std::vector<std::string> expected;
        for (const int rank : {2, 5, 6, 7, 8})
            expected.push_back(name_of(order[static_cast<std::size_t>(rank)]));
        CHECK(picks_of(result) == expected);
        REQUIRE(result.history.failed.size() == 1);
        CHECK(result.history.failed[0].stage == "predict");
        CHECK(result.history.failed[0].records == 4);
        CHECK(result.history.failed[0].quarantined == (policy == "on_error: quarantine"));
    }
}

TEST_CASE("the order of records does not matter when some fail", "[stages]") {
    const auto order = candidates();
    Lines lines;
    lines[order[2]] = R"({"file_name": ")" + name_of(order[2]) + R"(", "probabilities": [2, 1]})";
    SmallPool pool;
    pool.folder().write("p.jsonl", lines.text());
    const auto straight = picks_of(pool.run(stages_with("on_error: skip"), one_round));
    lines.reverse();
    pool.folder().write("p.jsonl", lines.text());
    CHECK(picks_of(pool.run(stages_with("on_error: skip"), one_round)) == straight);
}

TEST_CASE("without a policy the first bad record ends the round with its place", "[stages]") {
    const auto order = candidates();
    Lines lines;
    lines[order[1]] = "{";
    SmallPool pool;
    pool.folder().write("p.jsonl", lines.text());
    CHECK_THAT(pool.error_of(stages_with("needs: []"), one_round),
               Contains(fmt::format("p.jsonl:{}:", order[1] + 1)) && Contains("malformed JSON"));
}

TEST_CASE("when nothing fails, on_error changes nothing", "[stages]") {
    SmallPool pool;
    pool.folder().write("p.jsonl", Lines().text());
    const auto strict = pool.run(stages_with("needs: []"), "rounds: {max: 3}\n");
    const auto tolerant = pool.run(stages_with("on_error: quarantine"), "rounds: {max: 3}\n");
    CHECK(picks_of(strict) == picks_of(tolerant));
    CHECK(tolerant.history.failed.empty());
    CHECK(read_quarantine(pool.folder() / "run-2").empty());
}

TEST_CASE("quarantine keeps each record with its reason", "[stages]") {
    const auto order = candidates();
    Lines lines;
    const std::string bad =
        R"({"file_name": ")" + name_of(order[0]) + R"(", "probabilities": "x"})";
    lines[order[0]] = bad;
    lines[order[1]] = "";
    lines.add(R"({"file_name": "ghost.jpg", "probabilities": [1, 0]})");
    SmallPool pool;
    pool.folder().write("p.jsonl", lines.text());
    pool.run(stages_with("on_error: quarantine"), one_round);

    const auto records = read_quarantine(pool.folder() / "run-1");
    CHECK(names_of(records) ==
          std::set<std::string>{name_of(order[0]), name_of(order[1]), "ghost.jpg"});
    REQUIRE(records.size() == 3);
    CHECK(records[0].stage == "predict");
    CHECK(records[0].round == 1);
    CHECK(records[0].input == bad);
    CHECK(records[0].input_digest.size() == 64);
    CHECK_THAT(records[0].error, Contains("'probabilities' must be a list"));
    CHECK_THAT(records[2].error, Contains("came without a prediction"));
}

TEST_CASE("left out samples come again in the next round", "[stages]") {
    const auto order = candidates();
    SmallPool pool;
    pool.folder().write(
        "predict.sh",
        "sed -E 's/.*\"(s[0-9]+\\.jpg)\".*/{\"file_name\":\"\\1\",\"probabilities\":[0.6,0.4]}/' | "
        "if "
        "[ \"$TROMMEL_ROUND\" = 1 ]; then sed 's/.*" +
            name_of(order[0]) + ".*/oops/'; else sed 's/\\(.*" + name_of(order[0]) +
            ".*\\)0.6,0.4/\\10.5,0.5/'; fi\n");
    const auto result = pool.run(
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  predict: {uses: exec.predict, from: fetch, on_error: skip, with: {command: [sh, "
        "predict.sh]}}\n"
        "  score: {uses: score.classification, from: predict}\n"
        "  upload: {uses: upload_scores, from: score}\n"
        "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: "
        "uncertainty_margin, n_new: 2}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
        "rounds: {max: 2}\n");
    REQUIRE(result.history.picks.size() == 2);
    CHECK(result.history.picks[1].picks[0].file_name == name_of(order[0]));
    REQUIRE(result.history.failed.size() == 1);
    CHECK(result.history.failed[0].round == 1);
    CHECK(result.history.failed[0].records == 1);  // the line without a name is that sample
}

TEST_CASE("more failures than max_errors end the round, and stay in quarantine", "[stages]") {
    const auto order = candidates();
    Lines lines;
    for (int i = 0; i < 4; ++i) lines[order[static_cast<std::size_t>(i)]] = "";
    SmallPool pool;
    pool.folder().write("p.jsonl", lines.text());
    const auto with = [&](const std::string& allowed) {
        return pool.error_of(stages_with("on_error: quarantine, max_errors: " + allowed),
                             one_round);
    };
    CHECK(with("4") == "");
    CHECK(with("10%") == "");
    CHECK_THAT(
        with("3"),
        Contains("stage 'predict', round 1: 4 of 42 records failed, more than 'max_errors: 3' "
                 "allows; the first: samples came without a prediction"));
    CHECK(read_quarantine(pool.folder() / "run-3").size() == 4);
    CHECK_THAT(with("5%"), Contains("more than 'max_errors: 5%' allows"));
}

TEST_CASE("more than half of the records is too much unless the file says so", "[stages]") {
    SmallPool pool;
    pool.folder().write("p.jsonl", "");
    CHECK_THAT(pool.error_of(stages_with("on_error: skip"), one_round),
               Contains("42 of 42 records failed, more than 'max_errors: 50%' allows"));
    CHECK_THAT(pool.error_of(stages_with("on_error: skip, max_errors: 100%"), one_round),
               Contains("no scores arrived"));
}

TEST_CASE("a record that comes twice is nobody's to decide", "[stages]") {
    Lines lines;
    lines.add(lines[candidates()[0]]);
    SmallPool pool;
    pool.folder().write("p.jsonl", lines.text());
    CHECK_THAT(pool.error_of(stages_with("on_error: skip"), one_round), Contains("is there twice"));
}

TEST_CASE("records of a CSV file fail one by one too", "[stages]") {
    const auto order = candidates();
    std::string text = "file_name,x,y\n";
    for (int i = 0; i < 60; ++i) {
        const bool bad = i == order[0] || i == order[2];
        text += fmt::format("{},{:.3f},{}\n",
                            name_of(i),
                            0.5 + i * 0.005,
                            bad ? "much" : fmt::format("{:.3f}", 0.5 - i * 0.005));
    }
    SmallPool pool;
    pool.folder().write("p.csv", text);
    const auto result = pool.run(stages_with("on_error: skip", "p.csv"), one_round);
    CHECK(picks_of(result).front() == name_of(order[1]));
    CHECK(result.history.failed.at(0).records == 2);
}

TEST_CASE("a label that is none is asked for again in the next round", "[stages]") {
    SmallPool pool;
    pool.folder().write("label.sh",
                        "tee -a asked | sed -E "
                        "'s/.*\"(s[0-9]+\\.jpg)\".*/{\"file_name\":\"\\1\",\"label\":\"ape\"}/' | "
                        "if [ \"$TROMMEL_ROUND\" = 1 ]; then sed '1s/\"ape\"/7/'; else cat; fi\n");
    const auto result = pool.run(
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  label: {uses: exec.label, from: fetch, on_error: quarantine, with: {command: [sh, "
        "label.sh]}}\n"
        "  train: {uses: train.linear_probe, from: label}\n"
        "  sample: {uses: sample, from: fetch, needs: train, with: {method: RANDOM, n_new: 2}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
        "rounds: {max: 2}\n");
    CHECK(result.history.failed.at(0).stage == "label");
    CHECK(result.history.failed.size() == 1);
    std::size_t asked = 0;
    for (const char c : pool.read("asked")) asked += c == '\n' ? 1 : 0;
    CHECK(asked == 6 + 1 + 2);
}

}  // namespace trommel
