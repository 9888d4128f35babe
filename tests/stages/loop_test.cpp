// The loop as a user has it: a pipeline file over a small pool, run to its end.

#include "stages/small_pool.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace trommel {

using Catch::Matchers::Contains;
using test::picks_of;
using test::SmallPool;
using test::usual_stages;

TEST_CASE("each round adds its batch, and the last labels are measured too", "[stages]") {
    SmallPool pool;
    const auto result = pool.run(usual_stages);

    REQUIRE(result.history.measurements.size() == 4);
    std::vector<std::size_t> labels;
    for (const auto& measurement : result.history.measurements)
        labels.push_back(measurement.labels);
    CHECK(labels == std::vector<std::size_t>{6, 10, 14, 18});
    CHECK(result.history.measurements.back().values.at("evaluate.accuracy") > 0.8);
    CHECK(result.stopped_because == "All 3 rounds are done.");

    const auto picks = picks_of(result);
    CHECK(picks.size() == 12);
    CHECK(std::set<std::string>(picks.begin(), picks.end()).size() == 12);
}

TEST_CASE("a run leaves its picks, metrics, configuration and report", "[stages]") {
    SmallPool pool;
    const auto result = pool.run(usual_stages);

    CHECK(pool.left("picks.csv") == picks_csv(result.history));
    CHECK(pool.left("metrics.csv").starts_with("round,labels,accuracy\n0,6,"));
    CHECK_THAT(pool.left("resolved.yaml"), Contains("n_new: 4"));
    CHECK_THAT(pool.left("report.html"), Contains("<svg") && Contains(picks_of(result).front()));
}

TEST_CASE("picks are the same for any number of threads and any batch size and twice", "[stages]") {
    for (const std::string method : {"RANDOM", "CORESET", "CORAL", "ACTIVE_LEARNING"}) {
        SmallPool pool;
        const Overrides chosen{{"method", method}};
        const auto first = picks_of(pool.run(usual_stages, "rounds: {max: 3}\n", chosen));
        pool.threads = 1;
        const auto again = picks_of(pool.run(usual_stages, "rounds: {max: 3}\n", chosen));
        const auto rebatched = picks_of(
            pool.run(usual_stages, "rounds: {max: 3}\n", {{"method", method}, {"batch", "1"}}));
        INFO(method);
        CHECK(first.size() == 12);
        CHECK(first == again);
        CHECK(first == rebatched);
    }
}

TEST_CASE("another seed draws another initial set", "[stages]") {
    SmallPool pool;
    const auto one = picks_of(
        pool.run(usual_stages, "rounds: {max: 3}\n", {{"seed", "1"}, {"method", "RANDOM"}}));
    const auto two = picks_of(
        pool.run(usual_stages, "rounds: {max: 3}\n", {{"seed", "2"}, {"method", "RANDOM"}}));
    CHECK(one != two);
}

TEST_CASE("held-out samples are never chosen", "[stages]") {
    SmallPool pool;
    const auto result = pool.run(usual_stages, "rounds: {max: 20}\n");
    CHECK(picks_of(result).size() == 60 - 18 - 6);
    CHECK(result.history.measurements.back().labels == 42);
}

TEST_CASE("a loop ends when nothing is left to choose", "[stages]") {
    SmallPool pool;
    const auto result = pool.run(usual_stages, "rounds: {max: 20}\n");
    CHECK(result.stopped_because == "Round 10 found nothing more to choose.");
}

TEST_CASE("until ends the loop in the round after which it holds", "[stages]") {
    SmallPool pool;
    const auto result =
        pool.run(usual_stages, "rounds: {max: 9, until: 'state.labeled.count >= 14'}\n");
    CHECK(result.stopped_because ==
          "state.labeled.count >= 14 held after round 2: state.labeled.count is 14.");
    CHECK(picks_of(result).size() == 8);
}

TEST_CASE("running out of rounds is a failure where the file says so", "[stages]") {
    SmallPool pool;
    CHECK_FALSE(pool.run(usual_stages).exhausted);
    CHECK(pool.run(usual_stages, "rounds: {max: 2, until: 'round > 5', on_exhausted: fail}\n")
              .exhausted);
    CHECK_FALSE(pool.run(usual_stages, "rounds: {max: 2, until: 'round > 1', on_exhausted: fail}\n")
                    .exhausted);
}

TEST_CASE("a state is what it was when the round began, wherever its reader appears", "[stages]") {
    SmallPool pool;
    const auto reader = [](const std::string& order) {
        return test::usual_stages + "  again: {uses: fetch_tag, " + order +
               "with: {preselected: '${state.labeled}'}}\n"
               "  labels: {uses: exec.label, from: again, with: {command: [sh, label.sh]}}\n";
    };
    pool.folder().write("label.sh",
                        "sed -E 's/\\}$/,\"label\":\"ape\"}/' | tee -a \"seen-$TROMMEL_ROUND\"\n");
    pool.run(reader(""), "rounds: {max: 1}\n");
    const auto before = pool.read("seen-1");
    pool.folder().write("seen-1", "");
    pool.run(reader("needs: poll, "), "rounds: {max: 1}\n");

    CHECK(before == pool.read("seen-1"));
    CHECK(std::count(before.begin(), before.end(), '\n') == 6);  // the initial set, no pick
}

TEST_CASE("a baseline runs beside the pipeline from the same initial set", "[stages]") {
    SmallPool pool;
    const auto result = pool.run(usual_stages, "rounds: {max: 3}\nbaseline: {method: RANDOM}\n");
    REQUIRE(result.baseline);
    const auto& first = result.history.measurements.front();
    CHECK(first.values == result.baseline->measurements.front().values);
    CHECK(result.history.picks[0].picks[0].file_name !=
          result.baseline->picks[0].picks[0].file_name);
    CHECK(pool.left("baseline/picks.csv") == picks_csv(*result.baseline));
    CHECK_THAT(pool.left("report.html"), Contains("baseline (method: RANDOM)"));
}

TEST_CASE("a stage runs in the rounds for which its when holds", "[stages]") {
    SmallPool pool;
    std::string stages = usual_stages;
    stages.replace(stages.find("  sample:\n"),
                   std::string::npos,
                   "  first: {uses: sample, from: upload, when: 'round == 1', with: {method: "
                   "CORESET, n_new: 9}}\n"
                   "  later: {uses: sample, from: upload, when: 'round > 1', with: {method: "
                   "RANDOM, n_new: 2}}\n"
                   "  poll: {uses: poll_job, from: [first, later], writes: labeled}\n");
    const auto result = pool.run(stages);
    CHECK(result.history.picks[0].picks.size() == 9);
    CHECK(result.history.picks[1].picks.size() == 2);
    CHECK(result.history.picks[2].picks.size() == 2);
}

TEST_CASE("a persistent database serves run after run, and refuses other data under the same name",
          "[stages]") {
    SmallPool pool;
    const std::string tail = "rounds: {max: 2}\nplatform: {embedded: keep.db}\n";
    const auto first = picks_of(pool.run(usual_stages, tail));
    CHECK(picks_of(pool.run(usual_stages, tail)) == first);

    pool.folder().write("pool.csv", "filenames,embedding_0,embedding_1,labels\nother.jpg,1,2,0\n");
    CHECK_THAT(pool.error_of(usual_stages, tail),
               Contains("has a dataset 'small' with other samples than"));
}

TEST_CASE("a failing round leaves the finished ones as they were", "[stages]") {
    SmallPool pool;
    const auto whole = pool.run(usual_stages);
    const auto third =
        whole.history.picks[1].picks[0].file_name;  // its label is asked for in round 3
    std::string labels = "file_name,label\n";
    for (int i = 0; i < 60; ++i)
        if (test::name_of(i) != third)
            labels += test::name_of(i) + (i % 3 == 0 ? ",ape\n" : i % 3 == 1 ? ",bee\n" : ",cat\n");
    pool.folder().write("labels.csv", labels);

    CHECK_THAT(pool.error_of(usual_stages),
               Contains("pipeline.yaml:8: stage 'label', round 3: 1 sample without a label in") &&
                   Contains(third));
    History two = whole.history;
    two.picks.resize(2);
    CHECK(pool.left("picks.csv") == picks_csv(two));
    CHECK_THAT(pool.left("report.html"), Contains("did not finish"));
}

TEST_CASE("the initial set and the hold-out set can be files of names", "[stages]") {
    SmallPool pool;
    const std::string yaml =
        "version: 1\nname: named\n"
        "dataset: {name: small, embeddings: pool.csv, holdout: {names: held.txt}}\n"
        "params: {batch: 7, method: RANDOM, n_new: 4}\n"
        "state: {labeled: {init: {names: first.txt}}}\n"
        "rounds: {max: 1}\nstages:\n" +
        usual_stages;
    pool.folder().write("held.txt", "s09.jpg\ns10.jpg\n");
    pool.folder().write("first.txt", "s00.jpg\ns01.jpg\n\ns02.jpg\n");
    CHECK(pool.run_file(yaml).history.measurements.front().labels == 3);

    const auto refused = [&](const std::string& first) {
        pool.folder().write("first.txt", first);
        try {
            pool.run_file(yaml);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK_THAT(refused("s00.jpg\nghost.jpg\n"),
               Contains("first.txt: sample 'ghost.jpg' is not in dataset"));
    CHECK_THAT(refused("s00.jpg\ns09.jpg\n"), Contains("'s09.jpg'") && Contains("held out"));
    CHECK_THAT(refused("s00.jpg\ns00.jpg\n"), Contains("first.txt:2"));
}

}  // namespace trommel
