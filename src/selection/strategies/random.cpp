#include "selection/request.hpp"
#include "selection/shared.hpp"

namespace trommel::selection {
namespace {

std::vector<Pick> select_random(const Task& task) {
    const auto request = checked_request(task, {});
    auto random = task.random;
    std::vector<Place> places;
    for (const auto position : draw(random, request.picks, request.places.size()))
        places.push_back(request.places[position]);
    return pick_in_order(request, places, false);
}

}  // namespace

constinit const Strategy rows::random{
    .name = "random",
    .summary = "uniformly at random",
    .source = "-",
    .memory = memory::ranking,
    .select = select_random,
};

}  // namespace trommel::selection
