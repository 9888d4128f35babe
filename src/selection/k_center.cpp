#include "selection/methods.hpp"

namespace trommel::selection {

/// k-center greedy: Gonzalez, "Clustering to minimize the maximum intercluster distance", TCS 1985,
/// whose covering radius is at most twice the best; as core-set for active learning: Sener &
/// Savarese, ICLR 2018.
std::vector<Pick> select_coreset(const Request& request) { return pick_farthest(request, false); }

}  // namespace trommel::selection
