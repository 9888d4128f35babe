#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"

#include <vector>

namespace trommel {

/// Where each `from:` and `needs:` of a stage appears in the file.
struct StagePlaces {
    std::vector<Place> from{};
    std::vector<Place> needs{};
};

/// Checks how stages are joined: that every stage named in `from` and `needs` exists, that each
/// output fits an input of the stage that reads it, that every required input is fed, and that
/// nothing waits for itself. Puts the stages into an order in which each comes after all that it
/// waits for, else as in the file.
void check_graph(std::vector<StageSpec>& stages,
                 const std::vector<StagePlaces>& places,
                 Diagnostics& diagnostics);

}  // namespace trommel
