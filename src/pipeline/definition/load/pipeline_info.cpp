#include "pipeline/definition/load/matrix.hpp"
#include "pipeline/definition/load/params.hpp"
#include "pipeline/definition/load/policies.hpp"
#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/load/tests.hpp"
#include "pipeline/definition/reader/names.hpp"

namespace trommel {
namespace {

OptionInfo literal(OptionInfo info, bool is_required = false) {
    info.is_literal = true;
    info.required = is_required;
    return info;
}

OptionInfo required(OptionInfo info) {
    info.required = true;
    return info;
}

OptionInfo version_info() {
    OptionInfo version = info_of("version", "choice").as("version", "Of the pipeline language.");
    version.choices = {"1"};
    return literal(std::move(version), true);
}

OptionInfo extends_info() {
    const OptionInfo file = literal(info_of({}, "path"));
    return literal(
        any_of({file, many_of("list", file, 1)})
            .as("extends", "Files that this one is put over, key by key; '~' takes a key away."));
}

/// `uses` and `with` are as the registry has them.
OptionInfo stage_info() {
    const OptionInfo names = info_of({}, "list of text");
    OptionInfo stage = info_of({}, "stage");
    stage.parts = {
        literal(names.as("from", "Stages whose output it reads.")),
        literal(names.as("needs", "Stages that must have ended before it begins.")),
        literal(info_of("writes", "text")
                    .as("writes", "The state that its tag becomes when the round ends.")),
        literal(
            info_of("when", "expression").as("when", "Runs in the rounds for which this holds."))};
    for (const auto& policy : policies_info().parts) stage.parts.push_back(policy);
    return stage;
}

}  // namespace

OptionInfo pipeline_info() {
    OptionInfo info = info_of({}, "map");
    info.parts = {
        version_info(),
        extends_info(),
        literal(name_info("name", "Of the pipeline, and of the directories of its runs."), true),
        platform_info(),
        required(dataset_info()),
        params_info(),
        param_values_info("baseline", "Params of the run that this one is compared with.", 1),
        matrix_info(),
        state_info(),
        secrets_info(),
        limits_info(),
        policies_info().as("defaults", policies_info().help),
        required(many_of("named", stage_info(), 1)
                     .as("stages", "What a round does, each with its kind.")),
        rounds_info(),
        hooks_info(),
        tests_info(),
        schedule_info()};
    return info;
}

}  // namespace trommel
