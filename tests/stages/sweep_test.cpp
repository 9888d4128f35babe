// Sweeps over a small pool that really run, in this process.

#include "support/small_pool_files.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/runs/run_files.hpp"
#include "trommel/pipeline/operations/sweep/comparison.hpp"
#include "trommel/pipeline/operations/sweep/run.hpp"
#include "trommel/stages/stages.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;

namespace {

/// Counts cells, and asks to stop when one of them has ended a round.
class Watcher final : public SweepObserver {
public:
    void sweep_started(std::size_t, std::size_t kept_before) override { kept = kept_before; }
    void cell_started(const SweepCell& cell) override { started.insert(cell.id); }
    void round_ended(const SweepCell&) override {
        if (stop_after_rounds > 0 && --stop_after_rounds == 0) stop.request_stop();
    }
    void cell_ended(const SweepCell&, const CellEnd&) override { ++ended; }

    std::stop_source stop;
    int stop_after_rounds = 0;
    std::size_t kept = 0;
    std::size_t ended = 0;
    std::set<std::string> started;
};

/// A folder with a pool, in whose directory `sweep` pipelines are swept.
class SweepBench {
public:
    SweepBench() { test::write_small_pool(folder_); }

    SweepPlan plan(const std::string& tail, const Overrides& overrides = {}) const {
        const auto file = folder_.write(
            "p.yaml", test::small_pipeline(test::usual_stages, "rounds: {max: 2}\n" + tail));
        return plan_sweep(file, registry_, overrides);
    }

    SweepResult run(const SweepPlan& plan, Watcher& watcher, bool retry_failed = false) const {
        const SweepOptions options{
            .directory = directory(), .jobs = jobs, .retry_failed = retry_failed};
        return run_sweep(plan, registry_, options, watcher, watcher.stop.get_token());
    }

    std::string table(const SweepPlan& plan) const {
        return sweep_csv(plan, read_cells(plan, directory()));
    }

    std::filesystem::path directory() const { return folder_ / "sweep"; }
    const TempDir& folder() const { return folder_; }
    unsigned jobs = 2;

private:
    TempDir folder_;
    Registry registry_ = stages::all_stages();
};

constexpr auto four = "matrix: {method: [RANDOM, ACTIVE_LEARNING], seed: [1, 2]}\n";

}  // namespace

TEST_CASE("each cell runs once, in a directory of its own", "[sweep]") {
    const SweepBench bench;
    const auto plan = bench.plan(four);
    Watcher watcher;
    const auto result = bench.run(plan, watcher);
    CHECK(result.count(CellState::finished) == 4);
    CHECK(watcher.ended == 4);
    CHECK_FALSE(result.interrupted);
    for (const auto& cell : plan.cells) {
        const RunFiles run(directory_of(bench.directory(), cell));
        CHECK(run.status().state == RunStatus::State::finished);
        CHECK(run.measurements().size() == 3);
        CHECK_FALSE(std::filesystem::exists(run.path() / "platform.db"));
    }

    Watcher second;
    const auto again = bench.run(plan, second);
    CHECK(again.count(CellState::finished) == 4);
    CHECK(second.kept == 4);
    CHECK(second.started.empty());
}

TEST_CASE("a matrix that has grown runs its new cells only", "[sweep]") {
    const SweepBench bench;
    Watcher before;
    bench.run(bench.plan(four), before);
    const auto grown =
        bench.plan("matrix: {method: [CORESET, RANDOM, ACTIVE_LEARNING], seed: [2, 1, 3]}\n");
    Watcher after;
    CHECK(bench.run(grown, after).count(CellState::finished) == 9);
    CHECK(after.kept == 4);
    for (const auto& id : before.started) CHECK_FALSE(after.started.contains(id));
}

TEST_CASE("a cell that was cut off runs again from its beginning", "[sweep]") {
    const SweepBench bench;
    const auto plan = bench.plan(four);
    Watcher first;
    bench.run(plan, first);
    const auto whole = bench.table(plan);
    const auto cut_off = directory_of(bench.directory(), plan.cells[1]);
    std::filesystem::remove(cut_off / "cell.json");
    std::filesystem::remove(cut_off / "report.html");

    Watcher second;
    bench.run(plan, second);
    CHECK(second.started == std::set<std::string>{plan.cells[1].id});
    CHECK(bench.table(plan) == whole);
}

TEST_CASE("a torn record of a cell is none", "[sweep]") {
    const SweepBench bench;
    const auto plan = bench.plan("matrix: {seed: [1]}\n");
    for (const std::string text : {"", "{\"state\": \"fin", "{\"state\": \"lost\"}", "[]"}) {
        Watcher watcher;
        bench.run(plan, watcher);
        bench.folder().write("sweep/cells/" + plan.cells[0].id + "/cell.json", text);
        Watcher again;
        bench.run(plan, again);
        CHECK(again.started.size() == 1);
    }
}

TEST_CASE("a sweep that is asked to stop leaves the rest for the next one", "[sweep]") {
    SweepBench bench;
    bench.jobs = 1;
    const auto plan = bench.plan(four);
    Watcher stopping;
    stopping.stop_after_rounds = 3;  // in the second cell
    const auto cut = bench.run(plan, stopping);
    CHECK(cut.interrupted);
    CHECK(cut.count(CellState::finished) == 1);
    CHECK(cut.count(CellState::waiting) == 3);

    Watcher rest;
    CHECK_FALSE(bench.run(plan, rest).interrupted);
    CHECK(rest.started.size() == 3);

    SweepBench at_once;
    Watcher whole;
    at_once.run(at_once.plan(four), whole);
    CHECK(bench.table(plan) == at_once.table(plan));
}

TEST_CASE("a cell that fails stops no other, and is run again only when asked", "[sweep]") {
    const SweepBench bench;
    const auto plan = bench.plan("matrix: {n_new: [4, 5]}\n");
    bench.folder().write("labels.csv", "file_name,label\n");
    Watcher watcher;
    const auto result = bench.run(plan, watcher);
    CHECK(result.count(CellState::failed) == 2);
    CHECK_THAT(result.cells[0].error, Contains("labels.csv"));

    test::write_small_pool(bench.folder());
    Watcher kept;
    CHECK(bench.run(plan, kept).count(CellState::failed) == 2);
    CHECK(kept.started.empty());
    Watcher retried;
    CHECK(bench.run(plan, retried, true).count(CellState::finished) == 2);
    CHECK(retried.started.size() == 2);
}

TEST_CASE("cells that were run with another configuration are refused", "[sweep]") {
    const SweepBench bench;
    Watcher watcher;
    bench.run(bench.plan("matrix: {seed: [1]}\n"), watcher);
    const auto file = bench.folder().write(
        "q.yaml",
        test::small_pipeline(test::usual_stages, "rounds: {max: 3}\nmatrix: {seed: [1]}\n"));
    const Registry registry = stages::all_stages();
    CHECK_THROWS_WITH(
        bench.run(plan_sweep(file, registry), watcher),
        Contains("was run with something else than now") && Contains("rounds.max: was 2, is 3"));
}

TEST_CASE("finished cells whose input files have changed are refused, failed ones run again",
          "[sweep]") {
    const SweepBench bench;
    const auto plan = bench.plan("matrix: {seed: [1, 2]}\n");
    Watcher watcher;
    bench.run(plan, watcher);
    const auto labels = bench.folder() / "labels.csv";
    std::ostringstream text;
    text << "\xEF\xBB\xBF" << std::ifstream(labels).rdbuf();  // a mark that readers skip
    bench.folder().write("labels.csv", text.str());
    CHECK_THROWS_WITH(bench.run(plan, watcher),
                      Contains("labels.csv: its content has changed") && Contains("--dir"));

    for (const auto& cell : plan.cells)
        bench.folder().write("sweep/cells/" + cell.id + "/cell.json",
                             R"({"state": "failed", "error": "", "seconds": 1.5})");
    CHECK(bench.run(plan, watcher, true).count(CellState::finished) == 2);
    CHECK(bench.run(plan, watcher).count(CellState::finished) == 2);
}

TEST_CASE("cells that would share a database are refused", "[sweep]") {
    const SweepBench bench;
    Watcher watcher;
    CHECK_THROWS_WITH(
        bench.run(bench.plan(std::string(four) + "platform: {embedded: one.db}\n"), watcher),
        Contains("one.db") && Contains("leave 'platform' out"));
}

TEST_CASE("a second sweep in the directory of one that runs is refused", "[sweep]") {
    const SweepBench bench;
    const auto plan = bench.plan("matrix: {seed: [1]}\n");
    class Intruder final : public SweepObserver {
    public:
        Intruder(const SweepBench& bench, const SweepPlan& plan) : bench_(bench), plan_(plan) {}
        void cell_started(const SweepCell&) override {
            Watcher other;
            CHECK_THROWS_WITH(bench_.run(plan_, other), Contains("another sweep runs here"));
        }

    private:
        const SweepBench& bench_;
        const SweepPlan& plan_;
    } intruder(bench, plan);
    const Registry registry = stages::all_stages();
    const SweepOptions options{.directory = bench.directory(), .jobs = 1, .retry_failed = false};
    CHECK(run_sweep(plan, registry, options, intruder, {}).count(CellState::finished) == 1);
}

TEST_CASE("a strategy against itself with other seeds is not an evidence of a gain", "[sweep]") {
    const SweepBench bench;
    const auto file = bench.folder().write(
        "self.yaml",
        "version: 1\n"
        "name: self\n"
        "dataset: {name: small, embeddings: pool.csv, holdout: {random: {n: 18, seed: "
        "'${params.seed}'}}}\n"
        "params: {batch: 7, method: RANDOM, n_new: 4, seed: 1, initial: 0}\n"
        "state: {labeled: {init: {random: {n: 6, seed: '${params.initial}'}}}}\n"
        "stages:\n" +
            test::usual_stages +
            "rounds: {max: 3}\n"
            "matrix: {initial: [100, 200], seed: {from: 1, to: 8}}\n"
            "baseline: {initial: 100}\n");
    const Registry registry = stages::all_stages();
    const auto plan = plan_sweep(file, registry);
    REQUIRE(plan.cells.size() == 16);
    Watcher watcher;
    bench.run(plan, watcher);
    const auto comparison =
        compare_cells(plan, read_cells(plan, bench.directory()), "accuracy", {});
    CHECK(comparison.variants[1].contrast->gain.mean != 0);
    CHECK(comparison.variants[1].contrast->verdict == learning::Verdict::no_evidence);
    CHECK(conclusion_of(comparison) == "No evidence of a gain over the baseline.");
}

}  // namespace trommel
