#pragma once

#include "pipeline/definition/load/graph.hpp"
#include "pipeline/definition/load/params.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/interpolation.hpp"

#include <vector>

namespace trommel {

/// The stages of a pipeline as the file has them, each checked by itself.
struct ReadStages {
    std::vector<StageSpec> stages{};
    std::vector<StagePlaces> places{};
};

/// What stages may refer to.
struct StageScope {
    const Registry& registry;
    const std::vector<StateSpec>& state;
    const std::map<std::string, Node>& params;
    const Secrets& secrets;
    const std::map<std::string, Limit>& limits;
    Policies defaults{};
    const ParamSpecs& param_specs;
    std::filesystem::path folder{};
    bool has_holdout = false;
    bool may_have_embeddings = true;  ///< false: the dataset has names alone
};

/// The keys of a stage, policies included.
OptionInfo stage_info();

ReadStages read_stages(const Node& stages, const StageScope& scope, Diagnostics& diagnostics);

/// The stage's options with references resolved in `scope`; says what does not fit. The files that
/// they name go to `files`, if there is such.
std::any read_stage_options(const StageSpec& stage,
                            const Scope& scope,
                            const std::filesystem::path& folder,
                            Diagnostics& diagnostics,
                            std::vector<NamedFile>* files = nullptr);

}  // namespace trommel
