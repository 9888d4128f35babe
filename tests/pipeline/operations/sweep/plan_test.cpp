// Which cells a matrix means, what they are called and what each is compared with.

#include "pipeline/operations/sweep/sweep_files.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace trommel {

using Catch::Matchers::Contains;
using test::plan_of;

namespace {

using Lines = std::vector<std::string>;

std::string text_of(const SweepCell& cell) {
    std::string text;
    for (const auto& [name, value] : cell.params)
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
    return text;
}

/// Each cell's params, and after an arrow those of its baseline.
Lines cells_of(const SweepPlan& plan) {
    Lines lines;
    for (const auto& cell : plan.cells) {
        const SweepCell* baseline = plan.find(cell.baseline);
        lines.push_back(text_of(cell) + (baseline == nullptr ? "" : " < " + text_of(*baseline)));
    }
    return lines;
}

Lines ids_of(const SweepPlan& plan) {
    Lines ids;
    for (const auto& cell : plan.cells) ids.push_back(cell.id);
    return ids;
}

/// What planning fails with.
std::string error_of(const std::string& tail, const Overrides& overrides = {}) {
    try {
        plan_of(tail, overrides);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("a cell is each combination of the matrix", "[sweep]") {
    const auto plan = plan_of("matrix: {method: [A, B], seed: [1, 2]}\n");
    CHECK(cells_of(plan) ==
          Lines{"method=A seed=1", "method=A seed=2", "method=B seed=1", "method=B seed=2"});
    CHECK(plan.params == Lines{"method", "seed"});
    CHECK(plan.metrics == Lines{"accuracy"});
    CHECK(plan.rounds == 3);
}

TEST_CASE("the baseline of each cell is a cell, once and before those that need it", "[sweep]") {
    CHECK(cells_of(plan_of("matrix: {method: [B, A], seed: [1, 2]}\nbaseline: {method: A}\n")) ==
          Lines{"method=A seed=1",
                "method=B seed=1 < method=A seed=1",
                "method=A seed=2",
                "method=B seed=2 < method=A seed=2"});
}

TEST_CASE("a baseline that the matrix does not vary becomes a param of the sweep", "[sweep]") {
    CHECK(cells_of(plan_of("matrix: {seed: [7]}\nbaseline: {method: C}\n")) ==
          Lines{"method=C seed=7", "method=A seed=7 < method=C seed=7"});
}

TEST_CASE("a baseline that the matrix excludes is not run", "[sweep]") {
    const auto plan = plan_of(
        "matrix: {method: [A, B], seed: [1, 2], exclude: [{method: A, seed: 2}]}\n"
        "baseline: {method: A}\n");
    CHECK(cells_of(plan) ==
          Lines{"method=A seed=1", "method=B seed=1 < method=A seed=1", "method=B seed=2"});
}

TEST_CASE("a cell keeps its name when the matrix grows or turns, or the file is ordered anew",
          "[sweep]") {
    auto small = ids_of(plan_of("matrix: {method: [A, B], seed: [1, 2]}\n"));
    auto turned = ids_of(plan_of("matrix: {seed: [2, 1], method: [B, A]}\n"));
    const auto grown = ids_of(plan_of("matrix: {method: [C, A, B], seed: {from: 1, to: 5}}\n"));
    for (const auto& id : small) {
        CHECK(id.size() == 12);
        CHECK(std::ranges::count(grown, id) == 1);
    }
    std::ranges::sort(small);
    std::ranges::sort(turned);
    CHECK(small == turned);
}

TEST_CASE("a param that does not vary belongs to a cell's name too", "[sweep]") {
    const std::string matrix = "matrix: {seed: [1]}\n";
    CHECK(ids_of(plan_of(matrix)) != ids_of(plan_of(matrix, {{"batch", "5"}})));
    CHECK(ids_of(plan_of(matrix)) == ids_of(plan_of(matrix, {{"batch", "20"}})));
}

TEST_CASE("what is set does not vary", "[sweep]") {
    CHECK(cells_of(plan_of("matrix: {method: [A, B], seed: [1, 2]}\n", {{"seed", "9"}})) ==
          Lines{"method=A seed=9", "method=B seed=9"});
}

TEST_CASE("a cell's pipeline has its params and no matrix and no baseline", "[sweep]") {
    const Registry registry = test::fake_stages();
    const auto plan = plan_of("matrix: {method: [B], seed: [4]}\nbaseline: {method: A}\n");
    const Pipeline pipeline = pipeline_of(plan, plan.cells.back(), registry);
    CHECK(pipeline.params.at("method").text() == "B");
    CHECK(pipeline.seed() == 4);
    CHECK(pipeline.baseline == nullptr);
    const auto resolved = resolved_yaml(pipeline);
    CHECK_THAT(resolved, !Contains("matrix") && !Contains("baseline:"));
}

TEST_CASE("a file without a matrix is refused with a way out", "[sweep]") {
    CHECK_THAT(error_of(""),
               Contains("p.yaml has no 'matrix'") && Contains("matrix: {seed: {from: 1, to: 10}}"));
    CHECK_THAT(error_of("matrix: {method: [A], exclude: [{method: A}]}\n"),
               Contains("excludes everything"));
}

TEST_CASE("a combination that does not work is refused before anything runs", "[sweep]") {
    CHECK_THAT(error_of("matrix: {batch: [5, 99]}\n"), Contains("99") && Contains("50"));
    CHECK_THAT(error_of("matrix: {seed: [1]}\n", {{"batch", "60"}}), Contains("batch"));
    CHECK_THAT(error_of("matrix: {seed: [1]}\n", {{"sede", "2"}}), Contains("sede"));
}

}  // namespace trommel
