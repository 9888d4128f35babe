// Pipelines with a matrix, over stages that do nothing.
#pragma once

#include "pipeline/fake_stages.hpp"
#include "support/temp_dir.hpp"
#include "trommel/pipeline/operations/sweep/plan.hpp"

#include <string>

namespace trommel::test {

/// The plan of a pipeline with the params `method` (A, B or C), `batch` and `seed`, which measures
/// `accuracy`, and whose file ends with `tail`. The registry lives for ever.
inline SweepPlan plan_of(const std::string& tail, const Overrides& overrides = {}) {
    static const Registry registry = fake_stages();
    const TempDir folder;
    const auto file = folder.write(
        "p.yaml",
        "version: 1\n"
        "name: test\n"
        "dataset: {name: pool, embeddings: pool.csv, holdout: {random: 5}}\n"
        "params: {method: {type: enum, of: [A, B, C], default: A}, batch: {type: int, default: 20, "
        "max: 50}, seed: 1}\n"
        "stages: {tags: {uses: tags}, measure: {uses: measure, from: tags}}\n"
        "rounds: {max: 3}\n" +
            tail);
    return plan_sweep(file, registry, overrides);
}

}  // namespace trommel::test
