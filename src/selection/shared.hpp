// What strategies share; all that a strategy's file needs for its row.
#pragma once

#include "selection/candidates.hpp"
#include "selection/common_settings.hpp"
#include "selection/memory.hpp"
#include "selection/strategy_rows.hpp"

namespace trommel::selection {

/// The candidates that are not preselected, ascending positions in task.pool.candidates.
std::vector<Place> open_places(const Task& task);

/// How many of them to pick.
std::size_t wanted_picks(const Task& task, std::size_t open);

/// Embeddings of the pool. Throws DataError where a candidate or a preselected sample has none, or
/// one that is not finite.
Rows checked_rows(const Task& task);

/// Throws Interrupted if the task is cancelled.
void poll(const Task& task);

/// Throws DataError where a goal needs embeddings that the pool lacks.
void require_embeddings(const Task& task);

using SelectFrom = std::function<std::vector<Pick>(const Task& task)>;

/// What `select_from` picks with `worth` (candidates) as scores. The picks' scores are those of the
/// pool, or their worth where it has none.
std::vector<Pick> with_scores_of_pool(const Task& task,
                                      std::span<const double> worth,
                                      const SelectFrom& select_from);

/// Picks the candidates of highest `worth` (candidates), the first of equals; scores likewise.
std::vector<Pick> pick_by_worth(const Task& task, std::span<const double> worth);

/// Picks the candidates at `places`, in that order.
std::vector<Pick> pick_these(const Task& task, std::span<const Place> places);

/// Appends the first of `open`, ascending, that are not among `places`, up to `count` in all.
void append_rest(std::span<const Place> open, std::vector<Place>& places, std::size_t count);

/// (places) to their nearest options.neighbors of `places`; 0 where there is but one.
std::vector<double> mean_distance_to_nearest(const Task& task,
                                             const Rows& rows,
                                             std::span<const Place> places);

/// (candidates) the highest cosine to any sample of options.query, which has one; of zeros 0.
std::vector<double> cosines_to_query(const Task& task, const Rows& rows);

/// The open places of highest score, ascending: options.oversampling * count of them. Throws
/// DataError where that is below 1; `strategy` is who asks.
std::vector<Place> oversampled(const Task& task,
                               std::string_view strategy,
                               std::vector<Place> open,
                               std::size_t count);

/// The samples of the candidates at `places`.
std::vector<SampleIndex> samples_at(const Task& task, std::span<const Place> places);

/// Rows of some samples in single precision: pointers to them, or to widened copies.
class RowsInPlace {
public:
    RowsInPlace(const Rows& rows, std::span<const SampleIndex> samples);
    RowsInPlace(const RowsInPlace&) = delete;
    RowsInPlace& operator=(const RowsInPlace&) = delete;

    std::span<const float* const> pointers() const { return pointers_; }

private:
    std::vector<float> widened_{};
    std::vector<const float*> pointers_{};
};

}  // namespace trommel::selection
