// A label counts when it is there: in metrics, rules, costs, the report and the events alike.

#include "stages/small_pool.hpp"
#include "trommel/core/text.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::SmallPool;

namespace {

/// Six samples at first and four a round; the people answer every second question.
RunResult run_half_answered(SmallPool& pool, const std::string& rounds) {
    pool.folder().write("label.sh",
                        "awk 'NR % 2 { match($0, /s[0-9]+/); n = substr($0, RSTART + 1, 2) + 0;"
                        " split(\"ape bee cat\", classes, \" \"); printf "
                        "\"{\\\"file_name\\\":\\\"s%02d.jpg\\\",\\\"label\\\":\\\"%s\\\"}\\n\", n,"
                        " classes[n % 3 + 1] }'\n");
    return pool.run(
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  label: {uses: exec.label, from: fetch, on_error: quarantine, max_errors: 100%, with: "
        "{command: [sh, label.sh]}}\n"
        "  train: {uses: train.linear_probe, from: label}\n"
        "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
        "  sample: {uses: sample, from: fetch, needs: train, with: {method: RANDOM, n_new: 4}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
        rounds);
}

std::vector<std::size_t> labels_of(const RunResult& result) {
    std::vector<std::size_t> labels;
    for (const auto& measurement : result.history.measurements)
        labels.push_back(measurement.labels);
    return labels;
}

}  // namespace

TEST_CASE("metrics, events and the report count the labels that are there", "[stages]") {
    SmallPool pool;
    const auto result = run_half_answered(pool, "rounds: {max: 2}\n");
    CHECK(labels_of(result) == std::vector<std::size_t>{3, 7, 11});
    CHECK_THAT(pool.left("metrics.csv"), Contains("\n0,3,") && Contains("\n1,7,"));
    CHECK_THAT(pool.left("report.html"), Contains("<td>2</td><td>11</td>"));
    CHECK_THAT(pool.left("events.jsonl"), Contains("\"labels\":11"));
}

TEST_CASE("max_human_labels stops at labels, not at questions", "[stages]") {
    SmallPool pool;
    const auto result =
        run_half_answered(pool, "rounds: {max: 9, until: 'max_human_labels(15)'}\n");
    CHECK_THAT(result.stopped_because,
               StartsWith("max_human_labels(15) held after round 3: 11 of at most 15 labels"));
    CHECK(result.history.facts.human.count() == 15);
    CHECK(labels_of(result).back() == 15);
}

TEST_CASE("the size of the labelled set leaves out what nobody labelled", "[stages]") {
    SmallPool pool;
    const auto result = run_half_answered(pool, "rounds: {max: 9, until: 'n(13)'}\n");
    CHECK(result.history.picks.size() == 3);  // 18 samples, 3 of them without a label
}

TEST_CASE("the count of a state leaves out what nobody labelled", "[stages]") {
    SmallPool pool;
    const auto result =
        run_half_answered(pool, "rounds: {max: 9, until: 'state.labeled.count >= 13'}\n");
    CHECK(result.history.picks.size() == 3);
}

TEST_CASE("a budget pays for labels that are there", "[stages]") {
    SmallPool pool;
    const auto result =
        run_half_answered(pool, "rounds: {max: 9, until: budget(15), cost: {per_label: 1}}\n");
    CHECK(result.history.picks.size() == 3);
    CHECK(result.history.facts.spent == Approx(15));
    CHECK_THAT(pool.left("report.html"), Contains("Labels and stages cost 15."));
}

}  // namespace trommel
