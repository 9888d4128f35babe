// The tables that a sweep leaves: one of all measurements, one of the comparison.

#include "trommel/core/text.hpp"
#include "trommel/pipeline/operations/sweep/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace trommel {
namespace {

std::string text_of(const std::optional<double>& value) { return value ? shortest(*value) : ""; }

std::string_view word_of(learning::Verdict verdict) {
    switch (verdict) {
        case learning::Verdict::gain:
            return "gain";
        case learning::Verdict::loss:
            return "loss";
        case learning::Verdict::no_evidence:
            return "no evidence";
        case learning::Verdict::untested:
            break;
    }
    return "untested";
}

/// The params that tell variants apart.
std::vector<std::string> way_params(const SweepPlan& plan) {
    std::vector<std::string> names = plan.params;
    std::erase(names, "seed");
    return names;
}

void add(std::string& line, std::string_view field) { line += ',' + csv_field(field); }

constexpr auto measured_columns =
    "seeds,area_mean,area_deviation,area_margin_95,aubc_mean,aubc_deviation,target,labels_to_"
    "target,reached_target";
constexpr auto contrast_columns =
    "baseline,pairs,gain_mean,gain_margin_95,t_test_p,t_test_p_holm,wilcoxon_p,wilcoxon_p_holm,"
    "wins,ties,losses,verdict";
constexpr std::size_t contrast_fields = 12;

void add_measured(std::string& line, const SweepComparison& comparison, const Variant& variant) {
    fmt::format_to(std::back_inserter(line),
                   ",{},{},{},{},{},{},{},{},{}",
                   variant.area.count,
                   shortest(variant.area.mean),
                   shortest(variant.area.deviation),
                   text_of(variant.area.margin),
                   variant.budget_area ? shortest(variant.budget_area->mean) : "",
                   variant.budget_area ? shortest(variant.budget_area->deviation) : "",
                   text_of(comparison.target),
                   text_of(variant.labels_to_target),
                   variant.reached);
}

void add_contrast(std::string& line, const SweepComparison& comparison, const Variant& variant) {
    if (!variant.contrast) {
        line += std::string(contrast_fields, ',');
        return;
    }
    const auto& contrast = *variant.contrast;
    add(line, comparison.variants[contrast.baseline].name);
    fmt::format_to(std::back_inserter(line),
                   ",{},{},{},{},{},{},{},{},{},{},{}",
                   contrast.gain.count,
                   shortest(contrast.gain.mean),
                   text_of(contrast.gain.margin),
                   text_of(contrast.t_p),
                   text_of(contrast.t_p_holm),
                   text_of(contrast.wilcoxon_p),
                   text_of(contrast.wilcoxon_p_holm),
                   contrast.record.wins,
                   contrast.record.ties,
                   contrast.record.losses,
                   word_of(contrast.verdict));
}

/// A line for each of a cell's measurements.
void add_lines(std::string& csv,
               const SweepPlan& plan,
               const SweepCell& cell,
               const std::vector<Measurement>& measurements) {
    std::string head = cell.id;
    for (const auto& name : plan.params) add(head, cell.params.at(name));
    for (const auto& measurement : measurements) {
        csv += fmt::format("{},{},{}", head, measurement.round, measurement.labels);
        for (const auto& metric : plan.metrics) {
            const auto value = measurement.values.find(metric);
            add(csv, value == measurement.values.end() ? "" : shortest(value->second));
        }
        csv += '\n';
    }
}

}  // namespace

std::string sweep_csv(const SweepPlan& plan, const CellMeasurements& cells) {
    std::string csv = "cell";
    for (const auto& name : plan.params) add(csv, name);
    csv += ",round,labels";
    for (const auto& metric : plan.metrics) add(csv, metric);
    csv += '\n';
    for (const auto& cell : plan.cells) {
        const auto measured = cells.find(cell.id);
        if (measured != cells.end()) add_lines(csv, plan, cell, measured->second);
    }
    return csv;
}

std::string comparison_csv(const SweepPlan& plan, const SweepComparison& comparison) {
    std::string csv = "way";
    const auto names = way_params(plan);
    for (const auto& name : names) add(csv, name);
    csv += fmt::format(",{},{}\n", measured_columns, contrast_columns);
    for (const auto& variant : comparison.variants) {
        std::string line = csv_field(variant.name);
        for (const auto& name : names) add(line, variant.params.at(name));
        add_measured(line, comparison, variant);
        add_contrast(line, comparison, variant);
        csv += line + '\n';
    }
    return csv;
}

}  // namespace trommel
