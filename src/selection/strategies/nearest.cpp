#include "selection/strategies/nearest.hpp"

#include "selection/parallel.hpp"
#include "selection/strategies/comparison.hpp"

#include <algorithm>
#include <numeric>

namespace trommel::selection {
namespace {

/// Of fewer samples all are compared in a second.
constexpr std::size_t few_samples = 10'000;

/// All samples against all, every pair once.
Nearest compare_all(const Task& task,
                    const Rows& rows,
                    std::span<const SampleIndex> samples,
                    std::size_t count) {
    std::vector<std::uint32_t> order(samples.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<RowRange> parts;
    for (std::size_t first = 0; first < samples.size(); first += part_rows)
        parts.push_back({first, std::min(part_rows, samples.size() - first)});
    Nearest result;
    Comparison comparison(task, rows, samples, order, parts);
    comparison.begin(result, count);
    in_parallel(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part)
            for (std::size_t other = part; other < parts.size(); ++other)
                comparison.compare(part, other);
    });
    return result;
}

}  // namespace

Nearest nearest_of(const Task& task,
                   const Rows& rows,
                   std::span<const SampleIndex> samples,
                   std::size_t count) {
    const bool is_approximate = task.options.search == Search::approximate;
    if (!is_approximate || samples.size() <= few_samples)
        return compare_all(task, rows, samples, count);
    return nearest_in_lists(task, rows, samples, count);
}

std::vector<float> squared_to_nearest(const Task& task,
                                      const Rows& rows,
                                      std::span<const Place> places,
                                      std::size_t count) {
    return nearest_of(task, rows, samples_at(task, places), count).squared;
}

}  // namespace trommel::selection
