#include "selection/parallel.hpp"
#include "selection/shared.hpp"
#include "selection/strategies/kmeans.hpp"

#include <algorithm>
#include <limits>

namespace trommel::selection {
namespace {

/// Squared distances of the open candidates to the nearest chosen sample.
class Seeding {
public:
    Seeding(const Task& task, const Rows& rows, std::span<const Place> open)
        : task_(task),
          rows_(rows),
          open_(open),
          worth_(open.size(), std::numeric_limits<double>::infinity()) {}

    void choose(SampleIndex sample) {
        std::vector<float> center(rows_.dimensions);
        const float* row = single(rows_, sample, kernels(), center.data());
        in_parallel(open_.size(), 1024, [&](std::size_t begin, std::size_t end) {
            poll(task_);
            std::vector<float> room(rows_.dimensions);
            for (std::size_t i = begin; i < end; ++i) {
                const auto other = task_.pool.candidates[open_[i]];
                float squared = 0;
                kernels().stream(single(rows_, other, kernels(), room.data()),
                                 0,
                                 1,
                                 row,
                                 rows_.dimensions,
                                 &squared);
                worth_[i] = std::min(worth_[i], static_cast<double>(squared));
            }
        });
    }

    /// Uniform while nothing is chosen.
    std::size_t draw(Random& random, bool any_chosen) const {
        if (!any_chosen) return random.below(open_.size());
        return draw_by_worth(worth_, random);
    }

    bool is_used_up() const {
        return std::ranges::all_of(worth_, [](double worth) { return worth <= 0; });
    }

private:
    const Task& task_;
    Rows rows_;
    std::span<const Place> open_;
    std::vector<double> worth_;
};

/// Each pick with a probability proportional to its squared distance to the nearest chosen sample.
/// Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007. One pass
/// over the embeddings a pick.
std::vector<Pick> select_kmeans_plus_plus(const Task& task) {
    const Rows rows = checked_rows(task);
    const auto open = open_places(task);
    const auto count = wanted_picks(task, open.size());
    Seeding seeding(task, rows, open);
    auto random = task.random;
    for (const auto sample : task.pool.preselected) seeding.choose(sample);
    std::vector<Place> places;
    bool any_chosen = !task.pool.preselected.empty();
    while (places.size() < count && !(any_chosen && seeding.is_used_up())) {
        places.push_back(open[seeding.draw(random, any_chosen)]);
        seeding.choose(task.pool.candidates[places.back()]);
        any_chosen = true;
    }
    append_rest(open, places, count);  // copies of chosen samples
    return pick_these(task, places);
}

}  // namespace

constinit const Strategy rows::kmeans_plus_plus{
    .name = "kmeans++",
    .summary = "random, in proportion to the squared distance to the nearest chosen sample",
    .source = "Arthur & Vassilvitskii, The Advantages of Careful Seeding, SODA 2007",
    .needs_embeddings = true,
    .settings = {&settings::metric},
    .memory = memory::worths,
    .select = select_kmeans_plus_plus,
};

}  // namespace trommel::selection
