// SweepPlan: which runs a pipeline's matrix means, all of them checked before the first one runs.
#pragma once

#include "trommel/pipeline/definition/matrix_spec.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/stage/registry.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

/// One run of a sweep.
struct SweepCell {
    /// The first twelve hex digits of the SHA-256 of all its params with their values, whatever
    /// their order: the same params are the same cell, also in a matrix that has grown.
    std::string id{};
    ParamTexts params{};     ///< those that the sweep varies
    std::string baseline{};  ///< the cell that it is compared with; empty: none
    Overrides overrides{};   ///< which make the pipeline this cell's
};

/// What a sweep runs.
struct SweepPlan {
    SourceText source{};
    std::filesystem::path folder{};
    std::string name{};                  ///< the pipeline's
    std::vector<std::string> params{};   ///< that vary, in the file's order
    std::vector<SweepCell> cells{};      ///< distinct; a cell after its baseline
    std::vector<std::string> metrics{};  ///< that cells measure, as columns
    std::int64_t rounds = 0;             ///< of a cell, at most

    const SweepCell* find(std::string_view id) const;
};

/// The cells of the pipeline's matrix. A pipeline with a `baseline` has each cell's baseline as a
/// cell too, unless the matrix excludes it. Throws ConfigErrors with all that is wrong in the file,
/// or in the first combination of params that does not work, and ConfigError if there is no matrix.
SweepPlan plan_sweep(const std::filesystem::path& file,
                     const Registry& registry,
                     const Overrides& overrides = {},
                     InputFiles files = InputFiles::unchecked);

/// The pipeline of one cell: without matrix and without a baseline run of its own.
Pipeline pipeline_of(const SweepPlan& plan, const SweepCell& cell, const Registry& registry);

}  // namespace trommel
