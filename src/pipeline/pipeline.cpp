#include "trommel/pipeline/pipeline.hpp"

#include "pipeline/load/scopes.hpp"
#include "pipeline/load/stages.hpp"
#include "trommel/pipeline/language/scalar.hpp"

namespace trommel {

const StageSpec* Pipeline::find_stage(std::string_view stage) const {
    for (const auto& spec : stages)
        if (spec.name == stage) return &spec;
    return nullptr;
}

double CostSpec::of_stage(std::string_view stage) const {
    for (const auto& cost : stages)
        if (cost.stage == stage) return cost.amount;
    return 0;
}

std::uint64_t Pipeline::seed() const {
    const auto found = params.find("seed");
    if (found == params.end()) return 0;
    return static_cast<std::uint64_t>(std::get<std::int64_t>(scalar_of(found->second)));
}

std::any resolve_options(const Pipeline& pipeline,
                         const StageSpec& stage,
                         const RoundValues& values) {
    Diagnostics diagnostics;
    const Scope scope = scope_of(pipeline.params, values);
    std::any options = read_stage_options(stage, scope, pipeline.folder, diagnostics);
    diagnostics.throw_if_errors(pipeline.source);
    return options;
}

}  // namespace trommel
