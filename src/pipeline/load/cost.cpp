#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {

CostSpec read_cost(const Node& node, const LoadContext& load) {
    CostSpec cost;
    const Node resolved = load.resolved(node);
    Section section(resolved, "'cost'", load.diagnostics());
    cost.place = node.place();
    if (const Node* label = section.find("per_label"))
        load.reader.read(*label, info_of("per_label", "number", 0), cost.per_label);
    if (const Node* stages = section.find("stages")) {
        if (!stages->is_map())
            load.diagnostics().error(
                stages->place(), "wrong-type", "'stages' maps names of stages to amounts");
        for (const auto& [name, place, value] : stages->entries()) {
            CostSpec::OfStage stage{.stage = name, .amount = 0, .place = place};
            load.reader.read(value, info_of(name, "number", 0), stage.amount);
            cost.stages.push_back(std::move(stage));
        }
    }
    section.refuse_others();
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
