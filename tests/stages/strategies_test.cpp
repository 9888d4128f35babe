// Any strategy in a pipeline: by its name, with what it can be told, by rounds.

#include "stages/small_pool.hpp"
#include "trommel/stages/stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::picks_of;
using test::SmallPool;
using test::usual_stages;

namespace {

/// The usual stages with these ones, indented by two blanks, in place of `sample` and `poll`.
std::string stages_with(const std::string& selecting) {
    std::string stages = usual_stages;
    stages.replace(stages.find("  sample:\n"), std::string::npos, selecting);
    return stages;
}

std::string selecting_by(const std::string& options) {
    return stages_with("  sample: {uses: sample, from: upload, with: {" + options +
                       "}}\n"
                       "  poll: {uses: poll_job, from: sample, writes: labeled}\n");
}

/// What `trommel lint` says about a file with these options.
std::string lint(SmallPool& pool, const std::string& options, const std::string& classes) {
    const std::string head =
        "version: 1\nname: small\nparams: {batch: 7, seed: 1}\n"
        "dataset: {name: small, embeddings: pool.csv, holdout: {random: 18}" +
        classes + "}\nstate: {labeled: {init: {random: 6}}}\nrounds: {max: 3}\nstages:\n";
    const SourceText source{"p.yaml", head + selecting_by(options)};
    static const Registry registry = stages::all_stages();
    Diagnostics diagnostics;
    read_pipeline(source, pool.folder().path(), registry, {}, diagnostics);
    return diagnostics.render(source);
}

}  // namespace

TEST_CASE("a pipeline selects by any strategy, to the same picks again", "[stages]") {
    const std::string options = GENERATE("strategy: auto",
                                         "strategy: margin",
                                         "strategy: least_confidence",
                                         "strategy: dmbal, oversampling: 3",
                                         "strategy: typiclust, neighbors: 5",
                                         "strategy: kmeans++",
                                         "strategy: prob_cover, radius: 0.5",
                                         "strategy: coreset, first: centroid",
                                         "strategy: coral, combine: sum, score_strength: -0.5",
                                         "strategy: similarity, similar_to: pool",
                                         "strategy: combined, goals: [diversity, "
                                         "weights=uncertainty_margin^2, similarity], similar_to: "
                                         "pool",
                                         "thresholds: uncertainty_margin>=0.01");
    SmallPool pool;
    const auto first = pool.run(selecting_by(options + ", n_new: 4"));
    CHECK(first.history.picks.size() == 3);
    CHECK(picks_of(first).size() == 12);

    pool.threads = 1;
    CHECK(picks_of(pool.run(selecting_by(options + ", n_new: 4"))) == picks_of(first));
}

TEST_CASE("a method of Lightly's is the strategy of that name", "[stages]") {
    SmallPool pool;
    const auto by_method = picks_of(pool.run(selecting_by("method: CORESET, n_new: 4")));
    CHECK(picks_of(pool.run(selecting_by("strategy: coreset, n_new: 4"))) == by_method);
    CHECK(picks_of(pool.run(selecting_by("n_new: 4"))) == by_method);
}

TEST_CASE("one strategy begins and another goes on", "[stages]") {
    SmallPool pool;
    const auto only = [&](const std::string& strategy) {
        return picks_of(pool.run(selecting_by("strategy: " + strategy + ", n_new: 4")));
    };
    const auto result = pool.run(
        stages_with("  first: {uses: sample, from: upload, when: 'round == 1', with: {strategy: "
                    "typiclust, n_new: 4}}\n"
                    "  later: {uses: sample, from: upload, when: 'round > 1', with: {strategy: "
                    "dmbal, n_new: 4}}\n"
                    "  poll: {uses: poll_job, from: [first, later], writes: labeled}\n"));
    const auto both = picks_of(result);
    REQUIRE(both.size() == 12);
    const auto begins_as = [&](const std::vector<std::string>& other) {
        return std::equal(both.begin(), both.begin() + 4, other.begin());
    };
    CHECK(begins_as(only("typiclust")));
    CHECK_FALSE(begins_as(only("dmbal")));
    CHECK(result.history.picks[1].picks[0].score);
}

TEST_CASE("picks say what they are near to", "[stages]") {
    SmallPool pool;
    pool.run(selecting_by("strategy: coreset, n_new: 4"));
    const auto csv = pool.left("picks.csv");
    CHECK_THAT(csv, Contains("round,rank,file_name,score,distance,nearest\n"));
    const auto line = csv.substr(csv.find("\n1,1,") + 1, csv.find("\n1,2,") - csv.find("\n1,1,"));
    CHECK_THAT(line, Catch::Matchers::Matches("1,1,s..\\.jpg,,[0-9.]+,s..\\.jpg\n"));
}

TEST_CASE("a proportion is of what is not chosen yet, round by round", "[stages]") {
    SmallPool pool;
    const auto counts = [&](const std::string& share) {
        std::vector<std::size_t> sizes;
        const auto result = pool.run(selecting_by("proportion: " + share));
        for (const auto& round : result.history.picks) sizes.push_back(round.picks.size());
        return sizes;
    };
    const auto shares = counts("10%");
    REQUIRE(shares.size() == 3);
    CHECK(shares[0] > 1);
    CHECK(shares[2] <= shares[0]);
    CHECK(counts("0.1") == shares);
}

TEST_CASE("no sample beyond a threshold is chosen, and the round says what stopped it",
          "[stages]") {
    SmallPool pool;
    const auto result =
        pool.run(selecting_by("strategy: margin, thresholds: [uncertainty_margin<=0.5, "
                              "uncertainty_margin>=0.2], n_new: 1000"),
                 "rounds: {max: 1}\n");
    const auto& round = result.history.picks.front();
    CHECK_FALSE(round.picks.empty());
    for (const auto& pick : round.picks) CHECK((*pick.score >= 0.2 && *pick.score <= 0.5));
    CHECK(round.stop_reasons == std::vector{selection::StopReason::threshold});
    CHECK_THAT(pool.left("report.html"),
               Contains("samples; no other sample is within the thresholds"));
    CHECK_THAT(pool.left("events.jsonl"), Contains(R"("endings":["threshold"])"));
}

TEST_CASE("a wrong strategy or option is a fault of the file, at its place", "[stages]") {
    SmallPool pool;
    const auto found = [&](const std::string& options) { return lint(pool, options, ""); };
    CHECK(found("strategy: dmbal, n_new: 4") == "");
    CHECK_THAT(found("strategy: dmbl, n_new: 4"),
               Contains("p.yaml:15:57: ") && Contains("error[unknown-choice]") &&
                   Contains("did you mean 'dmbal'?"));
    CHECK_THAT(found("strategy: badge, n_new: 4"),
               Contains("error[unknown-choice]") && !Contains(", badge,"));
    CHECK_THAT(found("strategy: dmbal, n_new: 4, oversampling: 0"),
               Contains("'oversampling' must be a number, at least 1"));
    CHECK_THAT(found("strategy: typiclust, n_new: 4, neighbors: 2.5"),
               Contains("'neighbors' must be an integer"));
    CHECK_THAT(found("strategy: typiclust, n_new: 4, radius: 2"),
               Contains("typiclust does not use 'radius'; it uses neighbors"));
    CHECK_THAT(found("method: RANDOM, n_new: 4, radius: 2"),
               Contains("random does not use 'radius'; it has no options"));
    CHECK_THAT(found("strategy: dmbal, n_new: 4, neighbours: 2"),
               Contains("did you mean 'neighbors'?"));
    CHECK_THAT(found("strategy: prob_cover, n_new: 4"), Contains("prob_cover needs 'radius'"));
    CHECK_THAT(found("strategy: typiclust, min_distance: 0.1"),
               Contains("a distance to stop at is not enough: give that number by 'n_new'"));
    CHECK(found("strategy: typiclust, n_samples: 20") == "");
    CHECK(found("strategy: typiclust, proportion: 5%") == "");
    CHECK(found("thresholds: uncertainty_margin>=0.2, proportion: 0.05") == "");
    for (const auto* share : {"0", "0%", "-1", "1.5", "few", "[1]"})
        CHECK_THAT(found("n_new: 4, proportion: " + std::string(share)),
                   Contains("p.yaml:15:") && Contains("'proportion' must be a share"));
    CHECK_THAT(found("n_new: 4, thresholds: [margin<=1, margin=3]"),
               Contains("p.yaml:15:81: ") &&
                   Contains("error[wrong-thresholds]: 'margin=3': write SCORE>=NUMBER"));
    CHECK_THAT(found("strategy: combined, n_new: 4, goals: [diversity, weigths=a]"),
               Contains("p.yaml:15:96: ") &&
                   Contains("error[wrong-goals]: 'weigths=a': there is no goal 'weigths'; did you "
                            "mean 'weights'?"));
    CHECK_THAT(found("strategy: combined, n_new: 4, goals: [balance=a]"),
               Contains("p.yaml:15:85: ") && Contains("balance is between two categories or more"));
    CHECK_THAT(found("strategy: balance, n_new: 4"),
               Contains("balance uses goals 'balance=SCORE+SCORE' alone"));
    CHECK(found("strategy: balance, n_new: 4, goals: "
                "balance=uncertainty_margin+uncertainty_entropy:2") == "");
    CHECK_THAT(found("strategy: combined, n_new: 4"), Contains("combined multiplies goals"));
    CHECK_THAT(found("n_new: 4, goals: diversity"), Contains("does not use 'goals'"));
    CHECK_THAT(found("strategy: combined, n_new: 4, goals: similarity"),
               Contains("similarity needs samples to be near to"));
    CHECK_THAT(found("strategy: dmbal, method: CORAL, n_new: 4"), Contains("exclude each other"));
    CHECK_THAT(found("strategy: similarity, n_new: 4"), Contains("similarity needs samples"));
    CHECK_THAT(found("strategy: dmbal, n_new: 4, similar_to: pool"),
               Contains("dmbal does not use 'similar_to'"));
}

TEST_CASE("a round is balanced between the classes that are predicted", "[stages]") {
    SmallPool pool;
    std::string stages = stages_with(
        "  classes: {uses: score.class_probabilities, from: predict, with: {classes: [a, b, c]}}\n"
        "  sample: {uses: sample, from: upload, with: {strategy: combined, n_new: 6, goals: "
        "[diversity, balance=a+b+c:4]}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n");
    const std::string upload = "  upload: {uses: upload_scores, from: score}\n";
    REQUIRE(stages.find(upload) != std::string::npos);
    stages.replace(stages.find(upload),
                   upload.size(),
                   "  upload: {uses: upload_scores, from: [score, classes]}\n");
    const auto balanced = picks_of(pool.run(stages));
    CHECK(balanced.size() == 18);
    pool.threads = 1;
    CHECK(picks_of(pool.run(stages)) == balanced);
    stages.replace(stages.find("c:4"), 3, "c");
    CHECK(picks_of(pool.run(stages)) != balanced);
    stages.replace(stages.find("[a, b, c]"), 9, "[a, b]");
    stages.replace(stages.find("a+b+c"), 5, "a+b");
    CHECK_THAT(pool.error_of(stages),
               Contains("the predictions are of 3 classes, and 'classes' names 2: a, b"));
}

TEST_CASE("entropy over many classes is warned of", "[stages]") {
    SmallPool pool;
    const std::string many = ", classes: [a, b, c, d, e, f]";
    const auto found = [&](const std::string& options, const std::string& classes) {
        return lint(pool, options + ", n_new: 4", classes);
    };
    for (const auto* options : {"strategy: entropy", "strategy: dmbal, score: uncertainty_entropy"})
        CHECK_THAT(found(options, many),
                   Contains("warning[entropy-many-classes]: entropy over 6 classes") &&
                       Contains("worse than random"));
    CHECK(found("strategy: entropy", ", classes: [a, b, c]") == "");
    CHECK(found("strategy: entropy, score: uncertainty_margin", many) == "");
    CHECK(found("strategy: margin", many) == "");
}

}  // namespace trommel
