// SweepComparison: what the finished cells of a sweep say about the variants to choose.
#pragma once

#include "trommel/learning/comparison.hpp"
#include "trommel/pipeline/engine/history/history.hpp"
#include "trommel/pipeline/operations/sweep/plan.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// What each cell measured, by its id; cells that have not finished are not there.
using CellMeasurements = std::map<std::string, std::vector<Measurement>>;

/// Of the cells of the plan that have finished in the directory.
CellMeasurements read_cells(const SweepPlan& plan, const std::filesystem::path& directory);

/// Cells that differ in nothing but the param `seed`.
struct Variant {
    std::string name{};   ///< `ACTIVE_LEARNING`, or `method=CORAL batch=20`
    ParamTexts params{};  ///< that the sweep varies, without the seed
    learning::CurvesBySeed curves{};
    learning::Summary area{};                        ///< over the comparison's range
    std::optional<learning::Summary> budget_area{};  ///< AUBC; see learning::budget_area
    std::optional<double> labels_to_target{};        ///< median over seeds; nothing: never
    std::size_t reached = 0;                         ///< seeds that have the target at all
    std::vector<learning::BandPoint> band{};
    std::optional<learning::Contrast> contrast{};  ///< against variants[contrast->baseline]
};

struct SweepComparison {
    std::string metric{};
    learning::LabelRange range{};      ///< that all curves cover, and areas are over
    std::optional<double> target{};    ///< what labels_to_target counts to
    bool target_is_baselines = false;  ///< the baseline's mean at the end of the range
    bool has_baseline = false;
    std::vector<Variant> variants{};   ///< with a result, in the plan's order
    std::vector<std::string> notes{};  ///< sentences about what is missing or not comparable
};

/// `metric` is one of the plan's, and higher is better. Without a `target` it is what the baseline
/// has in the end; without a baseline there is none then.
SweepComparison compare_cells(const SweepPlan& plan,
                              const CellMeasurements& cells,
                              const std::string& metric,
                              std::optional<double> target);

/// One sentence on a way against its baseline, with the numbers behind it.
std::string verdict_of(const SweepComparison& comparison, const Variant& variant);

/// The whole in one sentence: which variants gain, or `No evidence of a gain over the baseline.`
std::string conclusion_of(const SweepComparison& comparison);

/// `cell,<params>,round,labels,<metrics>`, a row for each measurement.
std::string sweep_csv(const SweepPlan& plan, const CellMeasurements& cells);

/// A row for each variant.
std::string comparison_csv(const SweepPlan& plan, const SweepComparison& comparison);

}  // namespace trommel
