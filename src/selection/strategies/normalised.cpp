#include "selection/strategies/normalised.hpp"

#include "selection/parallel.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace trommel::selection {
namespace {

constexpr std::size_t rows_at_once = 256;

/// All whose embeddings the task may use, ascending.
std::vector<SampleIndex> samples_of(const Task& task) {
    std::vector<SampleIndex> samples(task.pool.candidates.begin(), task.pool.candidates.end());
    const auto add = [&](std::span<const SampleIndex> more) {
        if (more.empty()) return;
        poll(task);
        std::vector<SampleIndex> both;
        both.reserve(samples.size() + more.size());
        std::ranges::set_union(samples, more, std::back_inserter(both));
        samples = std::move(both);
    };
    add(task.pool.preselected);
    add(task.options.query);
    for (const auto& goal : task.options.goals) add(goal.query);
    return samples;
}

}  // namespace

Normalised::Normalised(const Task& task) : task_(task) {
    const auto samples = samples_of(task);
    auto all = task;
    all.pool.candidates = samples;
    const Rows rows = checked_rows(all);
    values_ = Buffer<float>(rows.count * rows.dimensions);
    in_parallel(samples.size(), rows_at_once, [&](std::size_t begin, std::size_t end) {
        poll(task);
        std::vector<float> room(rows.dimensions);
        for (std::size_t i = begin; i < end; ++i) take(rows, samples[i], room);
    });
    task_.options.metric = Metric::euclidean;
    task_.pool.rows = Rows(values_.data(), rows.count, rows.dimensions);
}

void Normalised::take(const Rows& rows, SampleIndex sample, std::vector<float>& room) {
    const float* row = single(rows, sample, kernels(), room.data());
    double sum = 0;
    for (std::size_t j = 0; j < rows.dimensions; ++j)
        sum += static_cast<double>(row[j]) * static_cast<double>(row[j]);
    if (!(sum > 0)) {
        throw DataError(
            fmt::format("the embedding of sample {} is all zeros, and cosines need a direction; "
                        "leave the sample out or use the metric 'euclidean'",
                        sample));
    }
    const double length = std::sqrt(sum);
    float* to = values_.data() + sample * rows.dimensions;
    for (std::size_t j = 0; j < rows.dimensions; ++j)
        to[j] = static_cast<float>(static_cast<double>(row[j]) / length);
}

}  // namespace trommel::selection
