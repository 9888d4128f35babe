// Why loops end, and what a run warns of.

#include "stages/small_pool.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::picks_of;
using test::SmallPool;
using test::usual_stages;

namespace {

RunResult run_until(SmallPool& pool, const std::string& until, const std::string& more = {}) {
    return pool.run(usual_stages, "rounds: {max: 9, until: \"" + until + "\"" + more + "}\n");
}

std::string stopped_by(const RunResult& result) {
    return result.rules.empty() ? "" : result.rules.front().rule;
}

}  // namespace

TEST_CASE("a run ends by the number of samples, human labels and the share", "[stages]") {
    SmallPool pool;
    const auto counted = run_until(pool, "n(13)");
    CHECK(counted.stopped_because == "n(13) held after round 2: the labelled set has 14 samples.");
    CHECK(*counted.rules.front().value == 14);

    const auto human = run_until(pool, "max_human_labels(15)");
    CHECK(stopped_by(human) == "max_human_labels");
    CHECK(human.history.facts.human.count() == 14);  // 6 at first, then 4 a round

    const auto share = run_until(pool, "max_share_labeled(40%)");
    CHECK(stopped_by(share) == "max_share_labeled");
    CHECK(share.history.facts.labeled == 14);  // 18 of 42 would be 43 %
}

TEST_CASE("a run ends before its budget is exceeded, the closing measurement paid", "[stages]") {
    SmallPool pool;
    const std::string costs = ", cost: {per_label: 0.5, stages: {train: 2}}";
    // Initial labels 3, then 2 of labels and 2 of training a round, and 2 for the last training.
    const auto enough = run_until(pool, "budget(13)", costs);
    CHECK(stopped_by(enough) == "budget");
    CHECK(enough.history.picks.size() == 2);
    CHECK(enough.history.facts.spent == Approx(13));
    CHECK_THAT(pool.left("report.html"), Contains("Labels and stages cost 13."));

    const auto less = run_until(pool, "budget(12.9)", costs);
    CHECK(less.history.picks.size() == 1);
    CHECK(less.history.facts.spent == Approx(9));
}

TEST_CASE("a run ends when the model is sure, settled or stable", "[stages]") {
    SmallPool pool;
    const auto sure = run_until(pool, "mean_score_below(uncertainty_margin, 1)");
    CHECK(stopped_by(sure) == "mean_score_below");
    CHECK(sure.history.picks.size() == 1);

    const auto settled = run_until(pool, "selection_overlap(uncertainty_margin, 25%)");
    CHECK(stopped_by(settled) == "selection_overlap");
    CHECK(settled.history.picks.size() >= 2);

    const auto stable = run_until(pool, "kappa(2, 0.5)");
    CHECK(stopped_by(stable) == "kappa");
    CHECK(stable.history.picks.size() >= 3);
    CHECK(stable.history.facts.stop_set.size() == 42);
}

TEST_CASE("the operand of an or that held is the reason, also in the report", "[stages]") {
    SmallPool pool;
    const auto result = run_until(pool, "kappa(8, 0.999) or deadline('2020-01-01T00:00Z')");
    CHECK_THAT(result.stopped_because,
               StartsWith("deadline('2020-01-01T00:00Z') held after round 1: it is 20"));
    CHECK(result.rules.size() == 1);
    CHECK_THAT(pool.left("report.html"), Contains("deadline("));
}

TEST_CASE("a rule without what it uses is an error of the file", "[stages]") {
    SmallPool pool;
    const auto error = [&](const std::string& tail) { return pool.error_of(usual_stages, tail); };
    CHECK_THAT(error("rounds: {max: 2, until: budget(9)}\n"), Contains("says nothing about costs"));
    CHECK_THAT(error("rounds: {max: 2, until: 'mean_score_below(uncertainty_magrin, 1)'}\n"),
               Contains("did you mean 'uncertainty_margin'?"));
    CHECK_THAT(error("rounds: {max: 2, cost: {stages: {trian: 1}}}\n"),
               Contains("there is no stage 'trian'") && Contains("did you mean 'train'?"));
}

TEST_CASE("classes without a label are named once, with what helps", "[stages]") {
    SmallPool pool;
    std::string yaml =
        "version: 1\nname: two of three\n"
        "dataset: {name: small, embeddings: pool.csv, holdout: {names: held.txt}}\n"
        "params: {batch: 7, method: RANDOM, n_new: 1, seed: 3}\n"
        "state: {labeled: {init: {names: first.txt}}}\n"
        "rounds: {max: 2}\nstages:\n" +
        usual_stages;
    pool.folder().write("held.txt", "s09.jpg\ns10.jpg\n");
    pool.folder().write("first.txt", "s00.jpg\ns01.jpg\n");  // an ape and a bee
    const auto result = pool.run_file(yaml);
    REQUIRE(!result.history.warnings.empty());
    const auto& warning = result.history.warnings.front();
    CHECK(warning.code == "missing-class");
    CHECK(warning.round == 1);
    CHECK(warning.message == "the labelled set has no sample of 1 of 3 classes: 'cat'");
    CHECK_THAT(warning.hint, Contains("CORESET"));
    CHECK(result.history.warnings.size() == 1);
    CHECK_THAT(pool.left("report.html"), Contains("no sample of 1 of 3 classes"));

    yaml.replace(yaml.find("held.txt}"), 9, "held.txt}, classes: [ape, bee]");
    CHECK(pool.run_file(yaml).history.warnings.empty());
}

}  // namespace trommel
