#include "selection/fresh_pool.hpp"
#include "selection/parallel.hpp"
#include "selection/shared.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

/// Candidates looked at together: they are compared with all that were kept before, then with each
/// other.
constexpr std::size_t batch_size = 4096;
/// Codes of fewer numbers cost more than they save.
constexpr std::size_t least_coded_values = std::size_t{1} << 22U;

/// The least squared distance that is not nearer than `distance`.
double least_square(double distance) {
    auto squared = static_cast<float>(distance * distance);
    while (squared > 0 && std::sqrt(static_cast<double>(std::nextafter(squared, 0.0F))) >= distance)
        squared = std::nextafter(squared, 0.0F);
    while (std::sqrt(static_cast<double>(squared)) < distance)
        squared = std::nextafter(squared, std::numeric_limits<float>::infinity());
    return static_cast<double>(squared);
}

class Net {
public:
    Net(const Task& task, const Rows& rows, std::span<const SampleIndex> samples)
        : task_(task),
          candidates_{rows, samples},
          threshold_(least_square(task.stop.min_distance)),
          bounds_(samples.size()),
          centers_(rows.dimensions) {
        std::ranges::fill(bounds_.squared.all(), std::numeric_limits<float>::infinity());
        std::ranges::fill(bounds_.seen.all(), 0U);
        std::ranges::fill(bounds_.nearest.all(), 0U);
        const std::size_t values = samples.size() * rows.dimensions;
        if (rows.dimensions >= 32 && values >= least_coded_values)
            codes_ = Codes::of(candidates_, kernels(), [&] { poll(task_); });
        if (codes_) centers_.use(*codes_);
        std::vector<float> room(rows.dimensions);
        for (const auto sample : task.pool.preselected)
            centers_.add(sample, single(rows, sample, kernels(), room.data()));
    }

    /// Positions in the samples, ascending.
    std::vector<Place> keep(std::size_t most) {
        std::vector<Place> kept;
        for (std::size_t first = 0; first < candidates_.count() && kept.size() < most;
             first += batch_size)
            keep_of(first, std::min(first + batch_size, candidates_.count()), most, kept);
        return kept;
    }

private:
    Standing standing() {
        return {candidates_,
                priority_,
                centers_,
                codes_ ? &*codes_ : nullptr,
                nullptr,
                kernels(),
                bounds_};
    }

    void keep_of(std::size_t first, std::size_t end, std::size_t most, std::vector<Place>& kept) {
        std::vector<Place> places;
        for (std::size_t i = first; i < end; ++i) places.push_back(static_cast<Place>(i));
        const Standing at = standing();
        in_parallel((places.size() + chunk_size - 1) / chunk_size,
                    1,
                    [&](std::size_t from, std::size_t to) {
                        for (std::size_t chunk = from; chunk < to; ++chunk) {
                            poll(task_);
                            const std::size_t begin = chunk * chunk_size;
                            catch_up(at,
                                     std::span(places).subspan(
                                         begin, std::min(chunk_size, places.size() - begin)),
                                     threshold_,
                                     false);
                        }
                    });
        std::erase_if(places, [&](Place place) {
            return static_cast<double>(bounds_.squared[place]) < threshold_;
        });
        FreshPool pool(at, places);
        while (kept.size() < most) {
            const auto next = pool.first();
            if (!next) break;
            poll(task_);
            kept.push_back(next->place);
            centers_.add(candidates_.samples[next->place], pool.row(*next));
            pool.take(*next);
            pool.approach(threshold_);
        }
    }

    const Task& task_;
    Candidates candidates_;
    Priority priority_{};
    double threshold_;
    Bounds bounds_;
    std::optional<Codes> codes_{};
    Centers centers_;
};

/// Each candidate in its order, unless it is nearer than min_distance to a chosen one: what is left
/// has no two samples nearer, and nothing left out is farther from all of it. Exact.
std::vector<Pick> select_deduplicate(const Task& task) {
    if (!(task.stop.min_distance > 0) || !std::isfinite(task.stop.min_distance))
        throw DataError("deduplicate needs a min_distance above 0, below which samples are alike");
    const Rows rows = checked_rows(task);
    const auto open = open_places(task);
    std::vector<SampleIndex> samples;
    for (const auto place : open) samples.push_back(task.pool.candidates[place]);
    std::vector<Place> places;
    if (!samples.empty()) {
        for (const auto kept : Net(task, rows, samples).keep(wanted_picks(task, open.size())))
            places.push_back(open[kept]);
    }
    auto rest = task;
    rest.stop.min_distance = -1;  // kept already
    return pick_these(rest, places);
}

std::size_t memory_of_deduplicate(const StrategyOptions& options, const Extent& extent) {
    constexpr std::size_t at_once = 4096;
    return memory::greedy(options, extent) + memory::ranking(options, extent) +
           at_once * (8 * extent.dimensions + 64);
}

}  // namespace

constinit const Strategy rows::deduplicate{
    .name = "deduplicate",
    .summary = "every sample at least min_distance from all samples before it",
    .source = "exact net of that radius",
    .needs_embeddings = true,
    .settings = {&settings::metric},
    .memory = memory_of_deduplicate,
    .select = select_deduplicate,
};

}  // namespace trommel::selection
