#include "selection/methods.hpp"

namespace trommel::selection {

std::vector<Pick> select_random(const Request& request, Random& random) {
    auto places = draw(random, request.picks, request.places.size());
    for (auto& place : places) place = request.places[place];
    return pick_in_order(request, places, false);
}

}  // namespace trommel::selection
