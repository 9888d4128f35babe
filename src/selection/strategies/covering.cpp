// Strategies that cover the candidates greedily, each pick the one that covers most of the rest.
#include "selection/parallel.hpp"
#include "selection/shared.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <queue>

namespace trommel::selection {
namespace {

/// Neighbours within a ball, in 4 bytes each; more than this many would fill 4 GiB.
constexpr std::size_t most_neighbors = std::size_t{1} << 30U;
constexpr std::size_t balls_a_task = 16;

/// For every candidate those within a radius, itself included, ascending. O(candidates²) distances.
class Balls {
public:
    Balls(const Task& task, const Rows& rows, double radius)
        : task_(task), rows_(rows), radius_(radius), members_(task.pool.candidates.size()) {
        in_parallel(members_.size(), balls_a_task, [&](std::size_t begin, std::size_t end) {
            std::vector<float> room(2 * rows_.dimensions);
            for (std::size_t i = begin; i < end; ++i) {
                poll(task_);
                fill(i, room);
                count(members_[i].size());
            }
        });
    }

    std::span<const Place> of(std::size_t place) const { return members_[place]; }

    /// The candidates within the radius of any sample.
    std::vector<Place> around(SampleIndex sample) const {
        std::vector<float> room(2 * rows_.dimensions);
        return near(single(rows_, sample, kernels(), room.data()), room);
    }

private:
    void fill(std::size_t place, std::vector<float>& room) {
        const auto sample = task_.pool.candidates[place];
        members_[place] = near(single(rows_, sample, kernels(), room.data()), room);
    }

    std::vector<Place> near(const float* row, std::vector<float>& room) const {
        std::vector<Place> found;
        for (std::size_t i = 0; i < task_.pool.candidates.size(); ++i) {
            const float* other =
                single(rows_, task_.pool.candidates[i], kernels(), room.data() + rows_.dimensions);
            float squared = 0;
            kernels().to_center(&other, 1, row, rows_.dimensions, &squared);
            if (std::sqrt(static_cast<double>(squared)) <= radius_)
                found.push_back(static_cast<Place>(i));
        }
        found.shrink_to_fit();  // all of them stay
        return found;
    }

    void count(std::size_t more) {
        const std::lock_guard lock(mutex_);
        all_ += more;
        if (all_ <= most_neighbors) return;
        throw DataError(fmt::format(
            "balls of radius {} hold more than {} pairs of samples; give a smaller radius",
            radius_,
            most_neighbors));
    }

    const Task& task_;
    Rows rows_;
    double radius_;
    std::vector<std::vector<Place>> members_;
    std::mutex mutex_{};
    std::size_t all_ = 0;
};

/// How many a candidate covered when that was last counted.
struct Gain {
    std::size_t count = 0;
    Place place = 0;

    bool operator<(const Gain& other) const {
        return count < other.count || (count == other.count && place > other.place);
    }
};

/// Lazy: gains only shrink, so the first whose count is still right is the best.
class Cover {
public:
    Cover(const Balls& balls, std::span<const Place> open, std::size_t candidates)
        : balls_(balls), is_covered_(candidates) {
        for (const auto place : open) queue_.push({balls.of(place).size(), place});
    }

    void cover(std::span<const Place> places) {
        for (const auto place : places) is_covered_[place] = 1;
    }

    Place take() {
        while (true) {
            auto best = queue_.top();
            queue_.pop();
            const auto now = gain(best.place);
            if (now == best.count) {
                cover(balls_.of(best.place));
                return best.place;
            }
            queue_.push({now, best.place});
        }
    }

private:
    std::size_t gain(Place place) const {
        const auto ball = balls_.of(place);
        return static_cast<std::size_t>(
            std::ranges::count_if(ball, [&](Place other) { return is_covered_[other] == 0; }));
    }

    const Balls& balls_;
    std::vector<char> is_covered_;
    std::priority_queue<Gain> queue_{};
};

/// Greedily the candidate whose ball of options.radius holds most candidates that no chosen
/// sample's ball holds yet. Yehuda et al., "Active Learning Through a Covering Lens", NeurIPS 2022.
/// O(candidates²) distances; memory for the pairs within the radius.
std::vector<Pick> select_prob_cover(const Task& task) {
    if (!(task.options.radius > 0) || !std::isfinite(task.options.radius))
        throw DataError("prob_cover covers balls: give their radius, above 0");
    const Rows rows = checked_rows(task);
    const auto open = open_places(task);
    const Balls balls(task, rows, task.options.radius);
    Cover cover(balls, open, task.pool.candidates.size());
    for (const auto sample : task.pool.preselected) cover.cover(balls.around(sample));
    std::vector<Place> places;
    const auto count = wanted_picks(task, open.size());
    while (places.size() < count) {
        poll(task);
        places.push_back(cover.take());
    }
    return pick_these(task, places);
}

std::size_t memory_of_prob_cover(const StrategyOptions& options, const Extent& extent) {
    constexpr auto most = static_cast<double>(std::size_t{1} << 30U);
    const auto all = static_cast<double>(extent.candidates);
    const auto pairs = extent.pairs.value_or(static_cast<std::size_t>(std::min(most, all * all)));
    const std::size_t a_ball = 24 + 16 + memory::growing * 16;
    const std::size_t in_hand =
        concurrency() * memory::growing * memory::a_place * extent.candidates;
    return pairs * memory::a_place + extent.candidates * a_ball + in_hand +
           memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::prob_cover{
    .name = "prob_cover",
    .summary = "greedily the sample whose ball covers the most uncovered samples",
    .source = "Yehuda et al., Active Learning Through a Covering Lens, NeurIPS 2022",
    .needs_embeddings = true,
    .settings = {&settings::radius, &settings::metric},
    .needed_setting = &settings::radius,
    .memory = memory_of_prob_cover,
    .select = select_prob_cover,
};

}  // namespace trommel::selection
