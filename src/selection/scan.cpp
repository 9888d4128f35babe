#include "selection/scan.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <functional>

namespace trommel::selection {
namespace {

constexpr std::size_t part_size = 16'384;
constexpr std::size_t stripe = 64;
constexpr std::size_t least_sample = 32'768;

std::size_t parts_of(const Bounds& bounds) {
    return (bounds.squared.size() + part_size - 1) / part_size;
}

/// The least single that is at least `threshold`, so that comparing with it is exact.
float single_at_least(double threshold) {
    const auto nearest = static_cast<float>(threshold);
    if (static_cast<double>(nearest) >= threshold) return nearest;
    return std::nextafter(nearest, std::numeric_limits<float>::infinity());
}

bool any_at_least(const float* values, float threshold) {
    int count = 0;
    for (std::size_t k = 0; k < stripe; ++k) count += values[k] >= threshold ? 1 : 0;
    return count != 0;
}

/// Without weights: most stripes have none, and are found to have none at the speed of memory.
void collect_distances(const Bounds& bounds,
                       float threshold,
                       std::size_t begin,
                       std::size_t end,
                       std::vector<Place>& found) {
    for (std::size_t i = begin; i < end; i += stripe) {
        const std::size_t stop = std::min(i + stripe, end);
        if (stop - i == stripe && !any_at_least(bounds.squared.data() + i, threshold)) continue;
        for (std::size_t k = i; k < stop; ++k) {
            if (bounds.squared[k] >= threshold) found.push_back(static_cast<Place>(k));
        }
    }
}

struct Range {
    std::size_t begin;
    std::size_t end;
};

void collect(const Bounds& bounds,
             const Priority& priority,
             double threshold,
             Range part,
             std::vector<Place>& found) {
    if (priority.kind == Priority::Kind::distance)
        return collect_distances(
            bounds, single_at_least(std::max(threshold, 0.0)), part.begin, part.end, found);
    for (std::size_t i = part.begin; i < part.end; ++i) {
        if (bounds.squared[i] < 0) continue;
        if (priority(i, bounds.squared[i]) >= threshold) found.push_back(static_cast<Place>(i));
    }
}

double highest_distance(const Bounds& bounds, std::size_t begin, std::size_t end) {
    float best = -1;
    for (std::size_t i = begin; i < end; ++i)
        best = bounds.squared[i] > best ? bounds.squared[i] : best;
    return best < 0 ? Priority::none : static_cast<double>(best);
}

double highest_of_part(const Bounds& bounds,
                       const Priority& priority,
                       std::size_t begin,
                       std::size_t end) {
    if (priority.kind == Priority::Kind::distance) return highest_distance(bounds, begin, end);
    double best = Priority::none;
    for (std::size_t i = begin; i < end; ++i) best = std::max(best, priority(i, bounds.squared[i]));
    return best;
}

}  // namespace

double highest(const Bounds& bounds, const Priority& priority) {
    std::vector<double> best(parts_of(bounds), Priority::none);
    in_parallel(best.size(), 4, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part) {
            const std::size_t stop = std::min((part + 1) * part_size, bounds.squared.size());
            best[part] = highest_of_part(bounds, priority, part * part_size, stop);
        }
    });
    if (best.empty()) return Priority::none;
    return *std::ranges::max_element(best);
}

double priority_of_rank(const Bounds& bounds,
                        const Priority& priority,
                        std::size_t count,
                        double least) {
    const std::size_t all = bounds.squared.size();
    const std::size_t sample = std::min(all, std::max(least_sample, all / 16));
    std::vector<double> values;
    for (std::size_t i = 0; i < sample; ++i) {
        const std::size_t place = i * all / sample;
        const double value = priority(place, bounds.squared[place]);
        if (value >= least && value != Priority::none) values.push_back(value);
    }
    const std::size_t rank = all == 0 ? 1 : std::max<std::size_t>(1, count * sample / all);
    if (rank <= values.size()) {
        const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
        std::ranges::nth_element(values, nth, std::greater{});
        return *nth;
    }
    if (least != Priority::none) return priority_of_rank(bounds, priority, count, Priority::none);
    if (values.empty()) return Priority::none;
    return *std::ranges::min_element(values);
}

std::vector<Place> at_least(const Bounds& bounds, const Priority& priority, double threshold) {
    std::vector<std::vector<Place>> found(parts_of(bounds));
    in_parallel(found.size(), 4, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part) {
            const std::size_t stop = std::min((part + 1) * part_size, bounds.squared.size());
            collect(bounds, priority, threshold, {part * part_size, stop}, found[part]);
        }
    });
    std::size_t count = 0;
    for (const auto& part : found) count += part.size();
    std::vector<Place> all;
    all.reserve(count);
    for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::vector<Place> first_at_least(const Bounds& bounds,
                                  const Priority& priority,
                                  double threshold,
                                  std::size_t most) {
    std::vector<Place> found;
    for (std::size_t i = 0; i < bounds.squared.size() && found.size() < most; i += stripe) {
        const std::size_t stop = std::min(i + stripe, bounds.squared.size());
        collect(bounds, priority, threshold, {i, stop}, found);
    }
    if (found.size() > most) found.resize(most);
    return found;
}

}  // namespace trommel::selection
