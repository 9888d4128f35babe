#include "selection/methods.hpp"

namespace trommel::selection {

std::vector<Pick> select_random(const Request& request, Random& random) {
    std::vector<Place> places;
    for (const auto position : draw(random, request.picks, request.places.size()))
        places.push_back(request.places[position]);
    return pick_in_order(request, places, false);
}

}  // namespace trommel::selection
