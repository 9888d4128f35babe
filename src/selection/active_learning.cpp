#include "selection/methods.hpp"

#include <algorithm>

namespace trommel::selection {

std::vector<Pick> select_active_learning(const Request& request) {
    const auto& scores = request.pool.scores;
    auto places = request.places;
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(request.picks);
    std::partial_sort(places.begin(), end, places.end(), [&](Place a, Place b) {
        poll(request, 0);
        return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
    });
    places.erase(end, places.end());
    return pick_in_order(request, places, true);
}

}  // namespace trommel::selection
