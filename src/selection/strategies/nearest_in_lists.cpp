#include "selection/parallel.hpp"
#include "selection/strategies/comparison.hpp"
#include "selection/strategies/kmeans.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>

namespace trommel::selection {
namespace {

/// Rows a list that its centre is found from; more do not make it better.
constexpr std::size_t rows_a_center = 16;
/// Centres need not be the best.
constexpr int iterations = 4;
/// Samples whose nearest are also found exactly, to say how many of them are missed.
constexpr std::size_t asked_samples = 200;

/// Samples in lists by the nearest of some centres.
class Lists {
public:
    Lists(const Task& task, const Rows& rows, std::span<const SampleIndex> samples)
        : task_(task), dimensions_(rows.dimensions) {
        const auto count =
            static_cast<std::size_t>(4 * std::sqrt(static_cast<double>(samples.size())));
        find_centers(rows, samples, count);
        sort(assign(rows, samples));
        cut();
    }

    std::span<const std::uint32_t> order() const { return order_; }
    std::span<const RowRange> parts() const { return parts_; }

    /// Calls `visit(part, other)` for what is to be compared, on several threads, each pair of
    /// parts once: each list with those of the `probes` nearest centres, and more where these have
    /// less than `least` samples.
    template <typename Visit>
    void for_pairs(std::size_t probes, std::size_t least, const Visit& visit) const {
        const auto partners = partners_of(probes, least);
        in_parallel(parts_.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t part = begin; part < end; ++part)
                for (const auto list : partners[list_of_part_[part]]) visit_list(part, list, visit);
        });
    }

private:
    /// Those of its parts that are not before `part`.
    template <typename Visit>
    void visit_list(std::size_t part, std::size_t list, const Visit& visit) const {
        const std::size_t first = std::max(part, first_part_[list]);
        for (std::size_t other = first; other < first_part_[list + 1]; ++other) visit(part, other);
    }

    std::size_t count() const { return centers_.size() / dimensions_; }
    std::size_t size_of(std::size_t list) const { return begins_[list + 1] - begins_[list]; }
    const float* center(std::size_t list) const { return centers_.data() + list * dimensions_; }

    void find_centers(const Rows& rows, std::span<const SampleIndex> samples, std::size_t count) {
        const std::size_t asked = std::min(samples.size(), count * rows_a_center);
        std::vector<SampleIndex> some;
        for (std::size_t i = 0; i < asked; ++i) some.push_back(samples[i * samples.size() / asked]);
        const RowsInPlace these(rows, some);
        const std::vector<double> weights(asked, 1.0);
        centers_ = weighted_kmeans(
                       these.pointers(),
                       dimensions_,
                       weights,
                       count,
                       Random(0, 0, "nearest.lists"),
                       [this] { poll(task_); },
                       iterations)
                       .centers;
    }

    /// (samples) the list of each.
    std::vector<std::uint32_t> assign(const Rows& rows,
                                      std::span<const SampleIndex> samples) const {
        std::vector<std::uint32_t> lists(samples.size());
        in_parallel(samples.size(), 1024, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; i += part_rows) {
                poll(task_);
                const auto some = samples.subspan(i, std::min(part_rows, end - i));
                const RowsInPlace these(rows, some);
                nearest_centers(these.pointers(), dimensions_, centers_, &lists[i]);
            }
        });
        return lists;
    }

    /// By list, and within it by position.
    void sort(const std::vector<std::uint32_t>& lists) {
        begins_.resize(count() + 1);
        for (const auto list : lists) ++begins_[list + 1];
        std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
        auto next = begins_;
        order_.resize(lists.size());
        for (std::size_t i = 0; i < lists.size(); ++i)
            order_[next[lists[i]]++] = static_cast<std::uint32_t>(i);
    }

    void cut() {
        for (std::size_t list = 0; list < count(); ++list) {
            first_part_.push_back(parts_.size());
            for (std::size_t at = begins_[list]; at < begins_[list + 1]; at += part_rows) {
                parts_.push_back({at, std::min(part_rows, begins_[list + 1] - at)});
                list_of_part_.push_back(list);
            }
        }
        first_part_.push_back(parts_.size());
    }

    /// The lists that each is compared with, ascending; either knows the other.
    std::vector<std::vector<std::size_t>> partners_of(std::size_t probes, std::size_t least) const {
        std::vector<std::vector<std::size_t>> partners(count());
        std::vector<std::vector<std::size_t>> probed(count());
        in_parallel(count(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t list = begin; list < end; ++list)
                probed[list] = nearest_lists(list, probes, least);
        });
        for (std::size_t list = 0; list < count(); ++list) {
            for (const auto other : probed[list]) {
                partners[list].push_back(other);
                partners[other].push_back(list);
            }
        }
        for (auto& others : partners) {
            std::ranges::sort(others);
            others.erase(std::unique(others.begin(), others.end()), others.end());
        }
        return partners;
    }

    std::vector<std::size_t> nearest_lists(std::size_t list,
                                           std::size_t probes,
                                           std::size_t least) const {
        std::vector<const float*> rows(count());
        for (std::size_t c = 0; c < count(); ++c) rows[c] = center(c);
        std::vector<float> squared(count());
        kernels().to_center(rows.data(), count(), center(list), dimensions_, squared.data());
        std::vector<std::size_t> lists(count());
        std::iota(lists.begin(), lists.end(), std::size_t{0});
        std::ranges::stable_sort(lists, {}, [&](std::size_t c) { return squared[c]; });
        std::size_t samples = 0;
        std::size_t kept = 0;
        while (kept < count() && (kept < probes || samples < least))
            samples += size_of(lists[kept++]);
        lists.resize(kept);
        return lists;
    }

    const Task& task_;
    std::size_t dimensions_;
    std::vector<float> centers_{};             ///< (lists, dimensions)
    std::vector<std::size_t> begins_{};        ///< (lists + 1) places in order_
    std::vector<std::uint32_t> order_{};       ///< (samples)
    std::vector<RowRange> parts_{};            ///< of order_, none of two lists
    std::vector<std::size_t> list_of_part_{};  ///< (parts)
    std::vector<std::size_t> first_part_{};    ///< (lists + 1)
};

/// (samples) squared distances to sample i; infinity to itself.
void measure_all(const Rows& rows,
                 std::span<const SampleIndex> samples,
                 std::size_t i,
                 std::vector<float>& squared) {
    const RowsInPlace it(rows, samples.subspan(i, 1));
    for (std::size_t at = 0; at < samples.size(); at += part_rows) {
        const RowsInPlace some(rows, samples.subspan(at, std::min(part_rows, samples.size() - at)));
        kernels().to_center(some.pointers().data(),
                            some.pointers().size(),
                            it.pointers().front(),
                            rows.dimensions,
                            squared.data() + at);
    }
    squared[i] = std::numeric_limits<float>::infinity();
}

/// How many were found that are not farther from sample i.
std::size_t found_within(const Nearest& found, std::size_t i, float squared) {
    const auto of_it = std::span(found.squared).subspan(i * found.count, found.count);
    return static_cast<std::size_t>(
        std::ranges::count_if(of_it, [&](float x) { return x <= squared; }));
}

/// Which share of the nearest of some samples was found.
double recall_of(const Task& task,
                 const Rows& rows,
                 std::span<const SampleIndex> samples,
                 const Nearest& found) {
    std::atomic<std::size_t> hits = 0;
    in_parallel(asked_samples, 1, [&](std::size_t begin, std::size_t end) {
        std::vector<float> squared(samples.size());
        for (std::size_t k = begin; k < end; ++k) {
            poll(task);
            const std::size_t i = k * samples.size() / asked_samples;
            measure_all(rows, samples, i, squared);
            const auto last = squared.begin() + static_cast<std::ptrdiff_t>(found.count - 1);
            std::ranges::nth_element(squared, last);
            hits += found_within(found, i, *last);
        }
    });
    return static_cast<double>(hits) / static_cast<double>(asked_samples * found.count);
}

}  // namespace

Nearest nearest_in_lists(const Task& task,
                         const Rows& rows,
                         std::span<const SampleIndex> samples,
                         std::size_t count) {
    const Lists lists(task, rows, samples);
    Nearest result;
    Comparison comparison(task, rows, samples, lists.order(), lists.parts());
    comparison.begin(result, count);
    lists.for_pairs(task.options.probes, 2 * (count + 1), [&](std::size_t part, std::size_t other) {
        comparison.compare(part, other);
    });
    if (task.options.recalled) task.options.recalled(recall_of(task, rows, samples, result));
    return result;
}

}  // namespace trommel::selection
