// States that outlive runs.

#include "stages/small_pool.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace trommel {

using Catch::Matchers::Contains;
using test::picks_of;
using test::small_pipeline;
using test::SmallPool;
using test::usual_stages;

namespace {

/// The usual loop, whose state goes on from run to run.
std::string kept_pipeline(const std::string& tail = "rounds: {max: 2}\n") {
    std::string yaml = small_pipeline(usual_stages, tail);
    const std::string state = "labeled: {";
    yaml.insert(yaml.find(state) + state.size(), "tag: seed, ");
    return "platform: {embedded: kept.db}\n" + yaml;
}

std::size_t labels_at_end(const RunResult& run) { return run.history.measurements.back().labels; }

}  // namespace

TEST_CASE("a run goes on from the samples that the run before it has labelled", "[stages]") {
    SmallPool pool;
    const auto first = pool.run_file(kept_pipeline());
    const auto second = pool.run_file(kept_pipeline());

    CHECK(labels_at_end(first) == 14);  // 6 at first, then twice 4
    CHECK(labels_at_end(second) == 22);
    std::set<std::string> chosen;
    for (const auto* run : {&first, &second})
        for (const auto& name : picks_of(*run)) chosen.insert(name);
    CHECK(chosen.size() == 16);

    SmallPool in_one_go;
    const auto both = in_one_go.run_file(kept_pipeline("rounds: {max: 4}\n"));
    CHECK(labels_at_end(both) == 22);
}

TEST_CASE("a baseline begins with the samples that its run began with, and keeps none",
          "[stages]") {
    SmallPool pool;
    const std::string tail = "rounds: {max: 2}\nbaseline: {method: RANDOM}\n";
    pool.run_file(kept_pipeline(tail));
    const auto second = pool.run_file(kept_pipeline(tail));

    CHECK(second.history.measurements.front().labels == 14);
    CHECK(second.baseline->measurements.front().labels == 14);
    CHECK(second.baseline->measurements.front().values ==
          second.history.measurements.front().values);
}

TEST_CASE("labels of earlier runs count for neither of two loops, the initial ones for both",
          "[stages]") {
    SmallPool pool;
    const std::string tail =
        "rounds: {max: 9, until: 'max_human_labels(14)'}\nbaseline: {method: RANDOM}\n";
    const auto first = pool.run_file(kept_pipeline(tail));
    CHECK(first.history.facts.human.count() == first.baseline->facts.human.count());
    CHECK(first.history.picks.size() == first.baseline->picks.size());
    const auto second = pool.run_file(kept_pipeline(tail));
    CHECK(second.history.facts.kept.count() == labels_at_end(first));
    CHECK(second.history.picks.size() == second.baseline->picks.size());
}

TEST_CASE("two states cannot be kept as one", "[stages]") {
    SmallPool pool;
    std::string yaml = kept_pipeline();
    const std::string state = "state: {";
    yaml.insert(yaml.find(state) + state.size(), "other: {tag: seed}, ");
    CHECK_THROWS_WITH(pool.run_file(yaml), Contains("two states are kept as 'seed'"));
}

TEST_CASE("a state can only outlive the run where the platform does", "[stages]") {
    SmallPool pool;
    std::string yaml = kept_pipeline();
    yaml.erase(0, yaml.find('\n') + 1);
    CHECK_THROWS_WITH(pool.run_file(yaml),
                      Contains("error[not-kept]: the state 'labeled' is to outlive the run") &&
                          Contains("'platform: {embedded: FILE}'"));
}

}  // namespace trommel
