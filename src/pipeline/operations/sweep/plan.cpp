#include "trommel/pipeline/operations/sweep/plan.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/engine/history/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace trommel {
namespace {

ParamTexts texts_of(const std::map<std::string, Node>& params) {
    ParamTexts texts;
    for (const auto& [name, value] : params) texts[name] = value.text();
    return texts;
}

constexpr std::size_t id_length = 12;

/// Each name and value with its length before it, so that no two sets of params give one text.
std::string id_of(const ParamTexts& params) {
    std::string text;
    for (const auto& [name, value] : params)
        text += fmt::format("{} {} {} {}\n", name.size(), name, value.size(), value);
    return sha256(text).substr(0, id_length);
}

std::vector<std::string> metrics_of(const Pipeline& pipeline) {
    History history{.measurements = {{}}, .picks = {}};
    for (const auto& stage : pipeline.stages)
        for (const auto& metric : stage.metrics)
            history.measurements[0].values[stage.name + "." + metric] = 0;
    std::vector<std::string> names;
    for (const auto& [metric, column] : history.columns()) names.push_back(column);
    return names;
}

std::string described(const ParamTexts& params) {
    std::string text;
    for (const auto& [name, value] : params)
        text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", name, value);
    return text;
}

/// What `changed` has otherwise than `params`.
ParamTexts changes(const ParamTexts& params, const ParamTexts& changed) {
    ParamTexts differing;
    for (const auto& [name, value] : changed)
        if (const auto found = params.find(name); found == params.end() || found->second != value)
            differing[name] = value;
    return differing;
}

class Planner {
public:
    Planner(SweepPlan& plan, const Registry& registry, const Overrides& overrides, InputFiles files)
        : plan_(plan), registry_(registry), overrides_(overrides), files_(files) {}

    void run() {
        const Pipeline whole = read(overrides_);
        plan_.name = whole.name;
        matrix_ = fixed_by(whole.matrix, overrides_);
        const auto combinations = combinations_of(matrix_);
        if (combinations.empty())
            throw ConfigError(fmt::format(
                "{} has no 'matrix', or one that excludes everything; write one such as 'matrix: "
                "{{seed: {{from: 1, to: 10}}}}', or use 'run'",
                plan_.source.name));
        varied_ = matrix_.params();
        if (whole.baseline) vary(changes(texts_of(whole.params), texts_of(whole.baseline->params)));
        plan_.params = varied_;
        for (const auto& combination : combinations) add(combination);
    }

private:
    Pipeline read(const Overrides& overrides) const {
        Diagnostics diagnostics;
        auto pipeline =
            read_pipeline(plan_.source, plan_.folder, registry_, overrides, diagnostics, files_);
        diagnostics.throw_if_errors(plan_.source);
        return *std::move(pipeline);
    }

    Pipeline read_combination(const ParamTexts& combination) const {
        try {
            return read(with(combination));
        } catch (const ConfigError& error) {
            throw ConfigErrors(fmt::format(
                "{}with {}, which the matrix means", error.what(), described(combination)));
        }
    }

    Overrides with(const ParamTexts& texts) const {
        Overrides all = overrides_;
        all.insert(all.end(), texts.begin(), texts.end());
        return all;
    }

    void vary(const ParamTexts& texts) {
        for (const auto& [name, value] : texts)
            if (std::ranges::count(varied_, name) == 0) varied_.push_back(name);
    }

    void add(const ParamTexts& combination) {
        const Pipeline pipeline = read_combination(combination);
        const ParamTexts params = texts_of(pipeline.params);
        if (plan_.metrics.empty()) plan_.metrics = metrics_of(pipeline);
        plan_.rounds = std::max(plan_.rounds, pipeline.rounds.max);
        std::string baseline;
        if (pipeline.baseline) baseline = add_baseline(combination, pipeline);
        add_cell(params, combination, baseline == id_of(params) ? "" : baseline);
    }

    /// Its id, or nothing if the matrix excludes it.
    std::string add_baseline(ParamTexts combination, const Pipeline& pipeline) {
        const ParamTexts params = texts_of(pipeline.baseline->params);
        for (const auto& [name, value] : changes(texts_of(pipeline.params), params))
            combination[name] = value;
        if (is_excluded(combination)) return {};
        add_cell(params, combination, {});
        return id_of(params);
    }

    bool is_excluded(const ParamTexts& combination) const {
        return std::ranges::any_of(matrix_.exclude, [&](const ParamTexts& left_out) {
            return changes(combination, left_out).empty();
        });
    }

    void add_cell(const ParamTexts& params, const ParamTexts& combination, std::string baseline) {
        SweepCell cell;
        cell.id = id_of(params);
        if (!ids_.insert(cell.id).second) return;
        for (const auto& name : plan_.params) cell.params[name] = params.at(name);
        cell.baseline = std::move(baseline);
        cell.overrides = with(combination);
        plan_.cells.push_back(std::move(cell));
    }

    SweepPlan& plan_;
    const Registry& registry_;
    const Overrides& overrides_;
    InputFiles files_;
    MatrixSpec matrix_{};
    std::vector<std::string> varied_;
    std::set<std::string> ids_;
};

}  // namespace

const SweepCell* SweepPlan::find(std::string_view id) const {
    const auto found = std::ranges::find(cells, id, &SweepCell::id);
    return found == cells.end() ? nullptr : &*found;
}

SweepPlan plan_sweep(const std::filesystem::path& file,
                     const Registry& registry,
                     const Overrides& overrides,
                     InputFiles files) {
    SweepPlan plan;
    plan.source = load_source(file);
    plan.folder = file.parent_path();
    Planner(plan, registry, overrides, files).run();
    return plan;
}

Pipeline pipeline_of(const SweepPlan& plan, const SweepCell& cell, const Registry& registry) {
    Diagnostics diagnostics;
    auto read = read_pipeline(plan.source, plan.folder, registry, cell.overrides, diagnostics);
    diagnostics.throw_if_errors(plan.source);
    Pipeline pipeline = *std::move(read);
    std::vector<NodeEntry> entries;
    for (const auto& entry : pipeline.document.entries())
        if (entry.key != "matrix" && entry.key != "baseline") entries.push_back(entry);
    pipeline.document = Node::map(pipeline.document.place(), std::move(entries));
    pipeline.matrix = {};
    pipeline.baseline = nullptr;
    return pipeline;
}

}  // namespace trommel
