#include "trommel/pipeline/operations/sweep/comparison.hpp"

#include "trommel/pipeline/operations/runs/run_files.hpp"
#include "trommel/pipeline/operations/sweep/cell_record.hpp"
#include "trommel/pipeline/operations/sweep/run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel {
namespace {

using learning::LearningCurve;

constexpr auto seed_param = "seed";

ParamTexts without_seed(ParamTexts params) {
    params.erase(seed_param);
    return params;
}

std::string seed_of(const SweepCell& cell) {
    const auto seed = cell.params.find(seed_param);
    return seed == cell.params.end() ? "" : seed->second;
}

/// Names in the order of the sweep's params; a single one's value alone.
std::string name_of(const SweepPlan& plan, const ParamTexts& params) {
    if (params.empty()) return plan.name;
    if (params.size() == 1) return params.begin()->second;
    std::vector<std::string> parts;
    for (const auto& name : plan.params)
        if (const auto found = params.find(name); found != params.end())
            parts.push_back(fmt::format("{}={}", name, found->second));
    return fmt::format("{}", fmt::join(parts, " "));
}

LearningCurve curve_of(const std::vector<Measurement>& measurements, const std::string& metric) {
    LearningCurve curve;
    for (const auto& measurement : measurements)
        if (const auto value = measurement.values.find(metric); value != measurement.values.end())
            append(curve, {static_cast<double>(measurement.labels), value->second});
    return curve;
}

std::vector<LearningCurve> curves_of(const Variant& variant) {
    std::vector<LearningCurve> curves;
    for (const auto& [seed, curve] : variant.curves) curves.push_back(curve);
    return curves;
}

class Comparer {
public:
    Comparer(const SweepPlan& plan, const CellMeasurements& cells, SweepComparison& comparison)
        : plan_(plan), cells_(cells), comparison_(comparison) {}

    void run(std::optional<double> target) {
        for (const auto& cell : plan_.cells) add(cell);
        note_missing();
        if (comparison_.variants.empty()) return;
        if (!find_range()) return;
        find_target(target);
        for (auto& variant : comparison_.variants) summarize(variant);
        contrast();
    }

private:
    /// The way with these params, or null.
    Variant* find(const ParamTexts& params) {
        const auto found = std::ranges::find(comparison_.variants, params, &Variant::params);
        return found == comparison_.variants.end() ? nullptr : &*found;
    }

    void add(const SweepCell& cell) {
        const auto measured = cells_.find(cell.id);
        if (measured == cells_.end()) {
            ++missing_;
            return;
        }
        LearningCurve curve = curve_of(measured->second, comparison_.metric);
        if (curve.empty()) {
            ++unmeasured_;
            return;
        }
        const ParamTexts params = without_seed(cell.params);
        if (find(params) == nullptr) {
            comparison_.variants.emplace_back();
            comparison_.variants.back().name = name_of(plan_, params);
            comparison_.variants.back().params = params;
        }
        find(params)->curves.emplace(seed_of(cell), std::move(curve));
    }

    void note_missing() {
        if (missing_ > 0)
            comparison_.notes.push_back(
                fmt::format("{} of {} cells have no result.", missing_, plan_.cells.size()));
        if (unmeasured_ > 0)
            comparison_.notes.push_back(
                fmt::format("{} cells have not measured {}.", unmeasured_, comparison_.metric));
    }

    /// False when there is nothing to compare over.
    bool find_range() {
        std::vector<LearningCurve> all;
        for (const auto& variant : comparison_.variants)
            for (const auto& [seed, curve] : variant.curves) all.push_back(curve);
        const auto range = shared_range(all);
        if (!range) {
            comparison_.notes.emplace_back(
                "The curves have no count of labels in common, so that nothing can be compared.");
            comparison_.variants.clear();
            return false;
        }
        comparison_.range = *range;
        const auto leaves_out = [&](const LearningCurve& curve) {
            return curve.front().labels < range->from || curve.back().labels > range->to;
        };
        if (std::ranges::any_of(all, leaves_out))
            comparison_.notes.push_back(fmt::format(
                "Curves begin or end at different labels; areas are over {:.0f} to {:.0f}, which "
                "all of them cover.",
                range->from,
                range->to));
        return true;
    }

    /// The position of the way that the cells of `way` are compared with.
    std::optional<std::size_t> baseline_of(const Variant& variant) {
        for (const auto& cell : plan_.cells) {
            if (cell.baseline.empty() || without_seed(cell.params) != variant.params) continue;
            const SweepCell* baseline = plan_.find(cell.baseline);
            const Variant* found = find(without_seed(baseline->params));
            if (found != nullptr && found != &variant)
                return static_cast<std::size_t>(found - comparison_.variants.data());
        }
        return std::nullopt;
    }

    void find_target(std::optional<double> target) {
        for (const auto& variant : comparison_.variants) baselines_.push_back(baseline_of(variant));
        const auto first =
            std::ranges::find_if(baselines_, [](auto& one) { return one.has_value(); });
        comparison_.has_baseline = first != baselines_.end();
        comparison_.target = target;
        if (target || !comparison_.has_baseline) return;
        std::vector<double> ends;
        for (const auto& curve : curves_of(comparison_.variants[**first]))
            ends.push_back(value_at(curve, comparison_.range.to));
        comparison_.target = learning::summarize(ends).mean;
        comparison_.target_is_baselines = true;
    }

    void summarize(Variant& variant) {
        std::vector<double> areas;
        std::vector<double> budget_areas;
        std::vector<std::optional<double>> labels;
        for (const auto& [seed, curve] : variant.curves) {
            areas.push_back(area(curve, comparison_.range));
            if (const auto published = budget_area(curve)) budget_areas.push_back(*published);
            if (!comparison_.target) continue;
            labels.push_back(labels_to_reach(curve, *comparison_.target));
            variant.reached += labels.back() ? 1 : 0;
        }
        variant.area = learning::summarize(areas);
        if (!budget_areas.empty()) variant.budget_area = learning::summarize(budget_areas);
        variant.labels_to_target = learning::median(labels);
        variant.band = band(curves_of(variant));
    }

    void contrast() {
        std::vector<learning::CurvesBySeed> variants;
        for (const auto& variant : comparison_.variants) variants.push_back(variant.curves);
        const auto contrasts = learning::contrast(variants, baselines_, comparison_.range);
        for (std::size_t i = 0; i < contrasts.size(); ++i)
            comparison_.variants[i].contrast = contrasts[i];
    }

    const SweepPlan& plan_;
    const CellMeasurements& cells_;
    SweepComparison& comparison_;
    std::vector<std::optional<std::size_t>> baselines_;
    std::size_t missing_ = 0;
    std::size_t unmeasured_ = 0;
};

std::string seeds(std::size_t count) {
    return count == 1 ? "1 seed" : fmt::format("{} seeds", count);
}

/// `0.0212 ± 0.0034, 10 seeds, p = 0.0003`.
std::string numbers_of(const learning::Contrast& contrast) {
    std::string text = fmt::format("{:+.4f}", contrast.gain.mean);
    if (contrast.gain.margin) text += fmt::format(" ± {:.4f}", *contrast.gain.margin);
    text += ", " + seeds(contrast.gain.count);
    if (contrast.t_p_holm) text += fmt::format(", p = {:.2g} after Holm", *contrast.t_p_holm);
    return text;
}

}  // namespace

CellMeasurements read_cells(const SweepPlan& plan, const std::filesystem::path& directory) {
    CellMeasurements cells;
    for (const auto& cell : plan.cells) {
        const auto path = directory_of(directory, cell);
        const auto record = read_cell_record(path);
        if (record && !record->failed) cells[cell.id] = RunFiles(path).measurements();
    }
    return cells;
}

SweepComparison compare_cells(const SweepPlan& plan,
                              const CellMeasurements& cells,
                              const std::string& metric,
                              std::optional<double> target) {
    SweepComparison comparison;
    comparison.metric = metric;
    Comparer(plan, cells, comparison).run(target);
    return comparison;
}

std::string verdict_of(const SweepComparison& comparison, const Variant& variant) {
    if (!variant.contrast) return {};
    const std::string& baseline = comparison.variants[variant.contrast->baseline].name;
    const std::string numbers = numbers_of(*variant.contrast);
    switch (variant.contrast->verdict) {
        case learning::Verdict::gain:
            return fmt::format("{} gains over {} ({}).", variant.name, baseline, numbers);
        case learning::Verdict::loss:
            return fmt::format("{} loses against {} ({}).", variant.name, baseline, numbers);
        case learning::Verdict::no_evidence:
            return fmt::format(
                "No evidence of a gain of {} over {} ({}).", variant.name, baseline, numbers);
        case learning::Verdict::untested:
            break;
    }
    return fmt::format("{} against {} cannot be tested ({}): {}.",
                       variant.name,
                       baseline,
                       numbers,
                       variant.contrast->gain.count < 2
                           ? "it takes at least two seeds"
                           : "the difference is the same for every seed");
}

std::string conclusion_of(const SweepComparison& comparison) {
    if (!comparison.has_baseline)
        return "There is no baseline to compare with; 'baseline: {method: RANDOM}' names one.";
    std::vector<std::string> gaining;
    for (const auto& variant : comparison.variants)
        if (variant.contrast && variant.contrast->verdict == learning::Verdict::gain)
            gaining.push_back(variant.name);
    if (gaining.empty()) return "No evidence of a gain over the baseline.";
    return fmt::format("There is evidence of a gain over the baseline for {}.",
                       fmt::join(gaining, ", "));
}

}  // namespace trommel
