#include "selection/shared.hpp"

#include "selection/parallel.hpp"
#include "selection/request.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel::selection {
namespace {

void check_finite(std::span<const float> row, SampleIndex sample) {
    if (std::ranges::all_of(row, [](float x) { return std::isfinite(x); })) return;
    throw DataError(
        fmt::format("the embedding of sample {} has a value that is not finite; every "
                    "value must be a finite number",
                    sample));
}

void check_finite(const Task& task, const Rows& rows, std::span<const SampleIndex> samples) {
    in_parallel(samples.size(), 1024, [&](std::size_t begin, std::size_t end) {
        std::vector<float> room(rows.dimensions);
        for (std::size_t i = begin; i < end; ++i) {
            if (i % 256 == 0) poll(task);
            const float* row = single(rows, samples[i], kernels(), room.data());
            check_finite({row, rows.dimensions}, samples[i]);
        }
    });
}

}  // namespace

void poll(const Task& task) {
    if (task.progress.cancelled.stop_requested())
        throw Interrupted("the selection was stopped before its picks were made");
}

std::vector<Place> open_places(const Task& task) {
    std::vector<Place> places;
    places.reserve(task.pool.candidates.size());
    auto chosen = task.pool.preselected.begin();
    const auto end = task.pool.preselected.end();
    for (std::size_t i = 0; i < task.pool.candidates.size(); ++i) {
        if (i % 4096 == 0) poll(task);
        while (chosen != end && *chosen < task.pool.candidates[i]) ++chosen;
        if (chosen == end || *chosen != task.pool.candidates[i])
            places.push_back(static_cast<Place>(i));
    }
    return places;
}

std::size_t wanted_picks(const Task& task, std::size_t open) {
    return std::min(task.stop.picks.value_or(open), open);
}

Rows checked_rows(const Task& task) {
    const Rows rows = task.pool.rows ? *task.pool.rows : Rows(*task.pool.embeddings);
    for (const auto samples : {task.pool.candidates, task.pool.preselected, task.options.query}) {
        if (!samples.empty() && samples.back() >= rows.count) {
            throw DataError(fmt::format("sample {} has no embedding: there are {}, counted from 0",
                                        samples.back(),
                                        rows.count));
        }
        check_finite(task, rows, samples);
    }
    return rows;
}

void require_embeddings(const Task& task) {
    if (task.pool.embeddings != nullptr || task.pool.rows) return;
    throw DataError(
        "a goal needs embeddings, and there are none; give the samples embeddings or choose "
        "another goal");
}

std::vector<Pick> with_scores_of_pool(const Task& task,
                                      std::span<const double> worth,
                                      const SelectFrom& select_from) {
    auto ranked = task;
    ranked.pool.scores = worth;
    const auto restore = [&](Pick& pick) {
        const auto place = std::ranges::lower_bound(task.pool.candidates, pick.sample);
        if (!task.pool.scores.empty())
            pick.score =
                task.pool.scores[static_cast<std::size_t>(place - task.pool.candidates.begin())];
    };
    ranked.progress.picked = [&](Pick pick) {
        restore(pick);
        if (task.progress.picked) task.progress.picked(pick);
    };
    auto picks = select_from(ranked);
    std::ranges::for_each(picks, restore);
    return picks;
}

std::vector<Pick> pick_by_worth(const Task& task, std::span<const double> worth) {
    return with_scores_of_pool(task, worth, pick_highest);
}

std::vector<Pick> pick_these(const Task& task, std::span<const Place> places) {
    std::vector<double> worth(task.pool.candidates.size(), -1);
    for (std::size_t rank = 0; rank < places.size(); ++rank)
        worth[places[rank]] = static_cast<double>(places.size() - rank);
    auto some = task;
    some.stop.picks = wanted_picks(task, places.size());
    auto picks = pick_by_worth(some, worth);
    if (task.pool.scores.empty()) {
        for (auto& pick : picks) pick.score.reset();
    }
    return picks;
}

std::vector<Place> oversampled(const Task& task,
                               std::string_view strategy,
                               std::vector<Place> open,
                               std::size_t count) {
    if (!(task.options.oversampling >= 1)) {
        throw DataError(fmt::format("the oversampling of {} is {}; give 1 or more",
                                    strategy,
                                    shortest(task.options.oversampling)));
    }
    const auto& scores = task.pool.scores;
    const auto before = [&](Place a, Place b) {
        return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
    };
    const double wanted = std::ceil(task.options.oversampling * static_cast<double>(count));
    const auto most = static_cast<std::size_t>(std::min(wanted, static_cast<double>(open.size())));
    if (most < open.size()) {
        std::ranges::nth_element(open, open.begin() + static_cast<std::ptrdiff_t>(most), before);
        open.resize(most);
    }
    std::ranges::sort(open);
    return open;
}

std::vector<SampleIndex> samples_at(const Task& task, std::span<const Place> places) {
    std::vector<SampleIndex> samples;
    samples.reserve(places.size());
    for (const auto place : places) samples.push_back(task.pool.candidates[place]);
    return samples;
}

RowsInPlace::RowsInPlace(const Rows& rows, std::span<const SampleIndex> samples) {
    if (rows.precision != Precision::f32) widened_.resize(samples.size() * rows.dimensions);
    pointers_.reserve(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        float* room = widened_.empty() ? nullptr : widened_.data() + i * rows.dimensions;
        pointers_.push_back(single(rows, samples[i], kernels(), room));
    }
}

void append_rest(std::span<const Place> open, std::vector<Place>& places, std::size_t count) {
    auto taken = places;
    std::ranges::sort(taken);
    for (std::size_t i = 0; i < open.size() && places.size() < count; ++i) {
        if (!std::ranges::binary_search(taken, open[i])) places.push_back(open[i]);
    }
}

}  // namespace trommel::selection
