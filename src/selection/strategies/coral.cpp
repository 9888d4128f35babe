#include "selection/request.hpp"
#include "selection/shared.hpp"

namespace trommel::selection {
namespace {

constexpr StrategySetting combine{.name = "combine",
                                  .field = &Objective::combination,
                                  .help =
                                      "Combination of diversity and score; sum adds raw distances "
                                      "of the metric: cosine is 0 to 2."};
constexpr StrategySetting diversity_strength{
    .name = "diversity_strength",
    .field = &Objective::diversity_strength,
    .min = 0,
    .help = "Exponent of diversity, or its factor in a sum; above 0."};
constexpr StrategySetting score_strength{
    .name = "score_strength",
    .field = &Objective::score_strength,
    .help = "Exponent of the score, or its factor in a sum; below 0 prefers low scores."};

/// Lightly's product of objectives, diversity times score: a sample is worth its score as far as
/// nothing like it is chosen. Their later documents describe a product of sums over all picks,
/// Combination::cumulative_product; the default is the older and simpler meaning.
std::vector<Pick> select_coral(const Task& task) { return pick_farthest(task, true); }

}  // namespace

constinit const Strategy rows::coral{
    .name = "coral",
    .summary = "greedily the highest product of score and distance to the nearest chosen sample",
    .source = "Lightly's documentation, strategy scores",
    .needs_embeddings = true,
    .needs_scores = true,
    .settings = {&combine, &diversity_strength, &score_strength, &settings::metric},
    .memory = memory::greedy,
    .select = select_coral,
};

}  // namespace trommel::selection
