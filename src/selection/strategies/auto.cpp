#include "selection/request.hpp"
#include "selection/shared.hpp"

#include <algorithm>

namespace trommel::selection {
namespace {

/// Nothing chosen yet, or no scores: coreset; else dmbal.
std::vector<Pick> select_auto(const Task& task) {
    const bool is_first = task.pool.preselected.empty() || task.pool.scores.empty();
    return is_first || !task.stop.picks ? pick_farthest(task, false) : rows::dmbal.select(task);
}

std::size_t memory_of_auto(const StrategyOptions& options, const Extent& extent) {
    return std::max(memory::greedy(options, extent), rows::dmbal.memory(options, extent));
}

}  // namespace

constinit const Strategy rows::automatic{
    .name = "auto",
    .summary = "coreset until samples are chosen and scored, then dmbal",
    .source = "see coreset and dmbal",
    .needs_embeddings = true,
    .usual_score = "uncertainty_margin",
    .settings = {&settings::oversampling, &settings::first, &settings::metric},
    .memory = memory_of_auto,
    .select = select_auto,
};

}  // namespace trommel::selection
