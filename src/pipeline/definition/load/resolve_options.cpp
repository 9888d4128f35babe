// The options of a stage as a round knows them, when `${…}` has its values.

#include "pipeline/definition/load/stages.hpp"
#include "pipeline/definition/reader/scopes.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"

namespace trommel {

std::any resolve_options(const Pipeline& pipeline,
                         const StageSpec& stage,
                         const RoundValues& values) {
    Diagnostics diagnostics(pipeline.bases);
    Scope scope = scope_of(pipeline.params, values, pipeline.secrets);
    scope.set("secrets", secrets_root(pipeline.secrets));
    std::any options = read_stage_options(stage, scope, pipeline.folder, diagnostics);
    diagnostics.throw_if_errors(pipeline.source);
    return options;
}

}  // namespace trommel
