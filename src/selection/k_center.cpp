#include "selection/methods.hpp"

namespace trommel::selection {

/// k-center greedy: Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985;
/// as a selection for labelling Sener and Savarese, "Active Learning for Convolutional Neural
/// Networks: A Core-Set Approach", ICLR 2018. Its radius is at most twice the least possible.
std::vector<Pick> select_coreset(const Request& request, Random& random) {
    return pick_farthest(request, false, random);
}

}  // namespace trommel::selection
