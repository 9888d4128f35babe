// What a sweep concludes from measurements, with numbers that can be checked by hand.

#include "trommel/pipeline/operations/sweep/comparison.hpp"

#include "pipeline/operations/sweep/sweep_files.hpp"
#include "trommel/pipeline/operations/sweep/sweep_report.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace trommel {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::plan_of;

namespace {

constexpr auto three_seeds =
    "matrix: {method: [A, B, C], seed: {from: 1, to: 6}}\nbaseline: {method: A}\n";

/// A run that measures these values at 10, 20, 30 … labels.
std::vector<Measurement> measured(const std::vector<double>& values) {
    std::vector<Measurement> all;
    for (std::size_t i = 0; i < values.size(); ++i)
        all.push_back({.round = static_cast<std::uint32_t>(i),
                       .labels = 10 * (i + 1),
                       .values = {{"accuracy", values[i]}}});
    return all;
}

/// A is 0.5 and a bit by seed, B always 0.1 more and a bit, C is A in another order of seeds.
CellMeasurements six_seeds(const SweepPlan& plan) {
    CellMeasurements cells;
    for (const auto& cell : plan.cells) {
        const int seed = cell.params.at("seed")[0] - '0';
        const std::string& method = cell.params.at("method");
        double value = 0.5 + 0.01 * seed;
        if (method == "B") value += 0.1 + 0.002 * (seed % 2);
        if (method == "C") value = 0.5 + 0.01 * (7 - seed);
        cells[cell.id] = measured({value, value + 0.1, value + 0.2});
    }
    return cells;
}

const Variant& variant(const SweepComparison& comparison, const std::string& name) {
    for (const auto& one : comparison.variants)
        if (one.name == name) return one;
    throw std::out_of_range(name);
}

}  // namespace

TEST_CASE("ways are told apart by all but the seed", "[sweep]") {
    const auto plan = plan_of(three_seeds);
    const auto comparison = compare_cells(plan, six_seeds(plan), "accuracy", {});
    REQUIRE(comparison.variants.size() == 3);
    const auto& a = variant(comparison, "A");
    CHECK(a.area.count == 6);
    CHECK(a.area.mean == Approx(0.535 + 0.1));
    CHECK(a.budget_area->mean == Approx((0.635 + 0.735) / 2 * 10 / 20));
    CHECK(comparison.range == learning::LabelRange{10, 30});
    CHECK(comparison.notes.empty());

    const auto two = plan_of("matrix: {method: [A, B], batch: [1, 2], seed: [1]}\n");
    CellMeasurements cells;
    for (const auto& cell : two.cells) cells[cell.id] = measured({0.5, 0.6});
    CHECK(compare_cells(two, cells, "accuracy", {}).variants[1].name == "method=A batch=2");
}

TEST_CASE("a way that is better on every seed gains, one that is not has no evidence", "[sweep]") {
    const auto plan = plan_of(three_seeds);
    const auto comparison = compare_cells(plan, six_seeds(plan), "accuracy", {});

    const auto& better = variant(comparison, "B");
    CHECK(better.contrast->verdict == learning::Verdict::gain);
    CHECK(better.contrast->gain.mean == Approx(0.101));
    CHECK(better.contrast->record == learning::WinTieLoss{6, 0, 0});
    CHECK_THAT(verdict_of(comparison, better), StartsWith("B gains over A (+0.1010 ± 0.0011, 6 "));

    const auto& same = variant(comparison, "C");
    CHECK(same.contrast->verdict == learning::Verdict::no_evidence);
    CHECK(same.contrast->record == learning::WinTieLoss{3, 0, 3});
    CHECK_THAT(verdict_of(comparison, same), StartsWith("No evidence of a gain of C over A ("));

    CHECK_FALSE(variant(comparison, "A").contrast);
    CHECK(conclusion_of(comparison) == "There is evidence of a gain over the baseline for B.");
}

TEST_CASE("without any gain the conclusion says so", "[sweep]") {
    const auto plan = plan_of(
        "matrix: {method: [A, C], seed: {from: 1, to: 6}}\n"
        "baseline: {method: A}\n");
    const auto comparison = compare_cells(plan, six_seeds(plan), "accuracy", {});
    CHECK(conclusion_of(comparison) == "No evidence of a gain over the baseline.");
    CHECK_THAT(to_html(plan, comparison), Contains("No evidence of a gain over the baseline."));
}

TEST_CASE("a single seed shows nothing", "[sweep]") {
    const auto plan = plan_of("matrix: {method: [A, B], seed: [3]}\nbaseline: {method: A}\n");
    const auto comparison = compare_cells(plan, six_seeds(plan), "accuracy", {});
    CHECK(variant(comparison, "B").contrast->verdict == learning::Verdict::untested);
    CHECK_THAT(verdict_of(comparison, variant(comparison, "B")), Contains("at least two seeds"));
    CHECK(conclusion_of(comparison) == "No evidence of a gain over the baseline.");
}

TEST_CASE("without a baseline there is no verdict, and a hint", "[sweep]") {
    const auto plan = plan_of("matrix: {method: [A, B], seed: [1, 2]}\n");
    const auto comparison = compare_cells(plan, six_seeds(plan), "accuracy", {});
    CHECK_FALSE(comparison.has_baseline);
    CHECK_FALSE(comparison.target);
    CHECK_FALSE(comparison.variants[1].contrast);
    CHECK_THAT(conclusion_of(comparison), Contains("baseline: {method: RANDOM}"));
}

TEST_CASE("labels to the target are counted, and never is never", "[sweep]") {
    const auto plan = plan_of(three_seeds);
    const auto cells = six_seeds(plan);
    const auto given = compare_cells(plan, cells, "accuracy", 0.7);
    CHECK(*variant(given, "B").labels_to_target == Approx(10 + (0.7 - 0.636) / 0.1 * 10));
    CHECK_FALSE(given.target_is_baselines);
    const auto beyond = compare_cells(plan, cells, "accuracy", 0.99);
    CHECK_FALSE(variant(beyond, "B").labels_to_target);
    CHECK(variant(beyond, "B").reached == 0);

    const auto by_baseline = compare_cells(plan, cells, "accuracy", {});
    CHECK(by_baseline.target_is_baselines);
    CHECK(*by_baseline.target == Approx(0.735));
}

TEST_CASE("what is missing or covers other labels is said", "[sweep]") {
    const auto plan = plan_of("matrix: {method: [A, B], seed: [1, 2]}\nbaseline: {method: A}\n");
    auto cells = six_seeds(plan);
    cells.erase(plan.cells.back().id);
    cells[plan.cells.front().id] = measured({0.5, 0.6});
    const auto comparison = compare_cells(plan, cells, "accuracy", {});
    REQUIRE(comparison.notes.size() == 2);
    CHECK(comparison.notes[0] == "1 of 4 cells have no result.");
    CHECK_THAT(comparison.notes[1], Contains("areas are over 10 to 20"));
    CHECK(compare_cells(plan, {}, "accuracy", {}).variants.empty());
}

TEST_CASE("the tables have a row for each measurement and each way", "[sweep]") {
    const auto plan = plan_of("matrix: {method: [A, B], seed: [1]}\nbaseline: {method: A}\n");
    const CellMeasurements cells{{plan.cells[0].id, measured({0.5, 0.75})}};
    CHECK(sweep_csv(plan, cells) ==
          fmt::format("cell,method,seed,round,labels,accuracy\n{0},A,1,0,10,0.5\n{0},A,1,1,20,"
                      "0.75\n",
                      plan.cells[0].id));
    const auto csv = comparison_csv(plan, compare_cells(plan, cells, "accuracy", {}));
    CHECK_THAT(csv, StartsWith("way,method,seeds,area_mean,"));
    CHECK_THAT(csv, Contains("\nA,A,1,0.625,0,,,,"));
}

TEST_CASE("the page shows a curve and a band for each way", "[sweep]") {
    const auto plan = plan_of(three_seeds);
    const auto html = to_html(plan, compare_cells(plan, six_seeds(plan), "accuracy", {}));
    CHECK_THAT(html, Contains("<polygon class='line-2'") && Contains("B gains over A"));
    CHECK_THAT(html, Contains("win/tie/loss") && Contains("AUBC") && Contains("6/0/0"));
}

}  // namespace trommel
