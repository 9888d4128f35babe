// The strategies' functions, one file each; strategies.cpp lists them.
#pragma once

#include "selection/candidates.hpp"
#include "trommel/selection/strategy.hpp"

namespace trommel::selection {

// What they share.

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

using SelectFrom = std::function<std::vector<Pick>(const Pool& pool, const Progress& progress)>;

/// What `select_from` picks from the pool with `worth` (candidates) as scores. The picks' scores
/// are those of the pool, or their worth where it has none.
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

// The strategies.

std::vector<Pick> select_by_method(SamplingMethod method, const Task& task);

/// Nothing chosen yet, or no scores: coreset; else dmbal.
std::vector<Pick> select_auto(const Task& task);

/// The candidates of highest score, oversampling * picks of them, in as many clusters as picks, by
/// k-means with the scores as weights; of each the candidate nearest to its centre, the heaviest
/// cluster first. Needs a number of picks and scores of at least 0.
/// Zhdanov, "Diverse mini-batch Active Learning", 2019.
std::vector<Pick> select_dmbal(const Task& task);

/// The candidates of highest score, oversampling * picks of them, in clusters by average linkage:
/// up to a mean squared distance of options.radius², or, where that is 0, ten members each on
/// average. Round and round from the smallest cluster a random member of each. Needs a number of
/// picks. Citovsky et al., "Batch Active Learning at Scale", NeurIPS 2021; they cluster all
/// candidates, once, which takes O(candidates²) distances instead of O((oversampling picks)²).
std::vector<Pick> select_cluster_margin(const Task& task);

/// An approximation: coreset of each of √(candidates / picks) parts, then of what these picked.
/// The radius is at most 4 times the best there is; options.covered gets what it is, and a bound of
/// how far from the best. Needs a number of picks. Malkomes et al., "Fast Distributed k-Center
/// Clustering with Outliers on Massive Data", NeurIPS 2015.
std::vector<Pick> select_coreset_two_round(const Task& task);

/// Each pick with a probability proportional to its squared distance to the nearest chosen sample.
/// Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007. One pass
/// over the embeddings a pick.
std::vector<Pick> select_kmeans_plus_plus(const Task& task);

/// Gradients of the last layer's weights if the likeliest class were the label, (p - onehot) (x)
/// embedding: the longest, then each with a probability proportional to its squared distance to
/// the nearest picked in this batch; copies of those last. The gradients are never laid out.
/// Ash et al., "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds", ICLR 2020,
/// and the authors' code, which begins with the longest. A pass over embeddings and probabilities a
/// pick; 4 bytes a candidate and class.
std::vector<Pick> select_badge(const Task& task);

/// The highest typicality, one over the mean distance to the nearest options.neighbors candidates.
/// Hacohen et al., "Active Learning on a Budget", ICML 2022, equation 1. O(candidates²) distances.
std::vector<Pick> select_typicality(const Task& task);

/// The highest score times density^density_strength; density is the mean cosine to all candidates,
/// at least 0. Settles and Craven, "An Analysis of Active Learning Strategies for Sequence Labeling
/// Tasks", EMNLP 2008, equation 13.
std::vector<Pick> select_information_density(const Task& task);

/// The highest cosine to any sample of options.query.
std::vector<Pick> select_similarity(const Task& task);

/// Greedily the candidate of highest product of the goals^strength, all of them; of equals the
/// first. While nothing is chosen diversity is the same for all. What only changes by distances
/// that grow in worth goes by the lazy engine; negative strengths of diversity by one pass a pick;
/// balance by one look at all candidates a pick. Lightly's documentation, strategy scores.
std::vector<Pick> select_combined(const Task& task);

/// Greedily the candidate whose ball of options.radius holds most candidates that no chosen
/// sample's ball holds yet. Yehuda et al., "Active Learning Through a Covering Lens", NeurIPS 2022.
/// O(candidates²) distances; memory for the pairs within the radius.
std::vector<Pick> select_prob_cover(const Task& task);

/// Greedily the sample that serves the others best: each is worth to others what its best server
/// among the chosen is, the longest edge minus the distance to it, over a graph of edges from each
/// candidate and preselected sample to its options.neighbors nearest.
/// Wei, Iyer and Bilmes, "Submodularity in Data Subset Selection and Active Learning", ICML 2015;
/// lazily after Minoux, 1978. O(candidates²) distances, 16 bytes an edge.
std::vector<Pick> select_facility_location(const Task& task);

/// All candidates in as many clusters as are chosen and to choose, at most 500; again and again
/// from that with fewest chosen, of equals the largest, the sample of highest typicality within it.
/// Hacohen et al., "Active Learning on a Budget", ICML 2022, algorithm 1. Needs a number of picks.
std::vector<Pick> select_typiclust(const Task& task);

/// Each candidate in its order, unless it is nearer than min_distance to a chosen one: what is left
/// has no two samples nearer, and nothing left out is farther from all of it. Exact.
std::vector<Pick> select_deduplicate(const Task& task);

}  // namespace trommel::selection
