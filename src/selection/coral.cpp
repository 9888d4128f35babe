#include "selection/methods.hpp"

namespace trommel::selection {

/// Lightly's product of objectives, diversity times score: a sample is worth its score as far as
/// nothing like it is chosen. Their later documents describe a product of sums over all picks,
/// Combination::cumulative_product; the default is the older and simpler meaning.
std::vector<Pick> select_coral(const Request& request, Random& random) {
    return pick_farthest(request, true, random);
}

}  // namespace trommel::selection
