#include "selection/methods.hpp"

#include <algorithm>

namespace trommel::selection {

std::vector<Pick> select_active_learning(const Request& request) {
    const auto& scores = request.pool.scores;
    auto places = request.places;
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(request.picks);
    std::partial_sort(places.begin(), end, places.end(), [&](std::size_t a, std::size_t b) {
        return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
    });
    places.erase(end, places.end());

    auto picks = pick_in_order(request, places);
    for (std::size_t i = 0; i < picks.size(); ++i) picks[i].score = scores[places[i]];
    return picks;
}

}  // namespace trommel::selection
