#include "selection/request.hpp"
#include "selection/shared.hpp"

namespace trommel::selection {
namespace {

/// k-center greedy: Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985;
/// as a selection for labelling Sener and Savarese, "Active Learning for Convolutional Neural
/// Networks: A Core-Set Approach", ICLR 2018. Its radius is at most twice the least possible.
std::vector<Pick> select_coreset(const Task& task) { return pick_farthest(task, false); }

}  // namespace

constinit const Strategy rows::coreset{
    .name = "coreset",
    .summary = "greedily the sample farthest from the nearest chosen one (k-center)",
    .source = "Sener & Savarese, Active Learning for CNNs: A Core-Set Approach, ICLR 2018",
    .needs_embeddings = true,
    .settings = {&settings::first, &settings::metric},
    .memory = memory::greedy,
    .select = select_coreset,
};

}  // namespace trommel::selection
