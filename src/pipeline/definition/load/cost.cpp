#include "pipeline/definition/load/sections.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {

namespace {

const OptionInfo amount_info = info_of({}, "number", 0);

void read_stage_costs(const Node& node, const OptionReader& reader, CostSpec& cost) {
    if (!node.is_map())
        reader.diagnostics.error(
            node.place(), "wrong-type", "'stages' maps names of stages to amounts");
    for (const auto& [name, place, value] : node.entries()) {
        auto& stage = cost.stages.emplace_back(CostSpec::OfStage{name, 0, place});
        reader.read(value, amount_info.as(name, {}), stage.amount);
    }
}

MapType<CostSpec> cost_type() {
    return MapType<CostSpec>("Costs for the rule 'budget'.")
        .key("per_label", &CostSpec::per_label, "Cost of a label.", {.min = 0})
        .key(many_of("named", amount_info).as("stages", "Cost of each run of a stage."),
             read_stage_costs);
}

}  // namespace

OptionInfo cost_info() { return cost_type().info().as("cost", "Costs for the rule 'budget'."); }

CostSpec read_cost(const Node& node, const OptionReader& reader) {
    CostSpec cost;
    cost.place = node.place();
    cost_type().read(node, "'cost'", reader, cost);
    return cost;
}

void check_costs(const Pipeline& pipeline, Diagnostics& diagnostics) {
    const CostSpec& cost = pipeline.rounds.cost;
    std::vector<std::string> names;
    for (const auto& stage : pipeline.stages) names.push_back(stage.name);
    for (const auto& of : cost.stages)
        if (std::ranges::count(names, of.stage) == 0)
            diagnostics.error(of.place,
                              "unknown-stage",
                              fmt::format("there is no stage '{}'", of.stage),
                              did_you_mean(of.stage, names));
    const auto labels = [](const StageSpec& stage) {
        return stage.type == nullptr || stage.type->output == LabelBatch::port;
    };
    if (cost.per_label > 0 && std::ranges::none_of(pipeline.stages, labels))
        diagnostics.error(
            cost.place, "not-there", "labels have a price, but no stage of this pipeline labels");
}

}  // namespace trommel
