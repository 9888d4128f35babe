#include "selection/strategies/strategies.hpp"

#include "selection/methods.hpp"
#include "selection/parallel.hpp"
#include "selection/strategies/balance.hpp"
#include "selection/strategies/memory.hpp"
#include "selection/strategies/normalised.hpp"
#include "selection/strategies/threshold.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace trommel::selection {
namespace {

/// Softmaxes in half precision sum to 1 about as well.
constexpr double most_probability_error = 1e-2;

std::vector<Pick> random(const Task& task) {
    return select_by_method(SamplingMethod::random, task);
}
std::vector<Pick> coreset(const Task& task) {
    return select_by_method(SamplingMethod::coreset, task);
}
std::vector<Pick> coral(const Task& task) { return select_by_method(SamplingMethod::coral, task); }
std::vector<Pick> highest_scores(const Task& task) {
    return select_by_method(SamplingMethod::active_learning, task);
}

constexpr std::array all{
    Strategy{.name = "active_learning",
             .summary = "the highest scores",
             .source = "Lewis & Gale, A Sequential Algorithm for Training Text Classifiers, 1994",
             .needs_scores = true,
             .memory = memory_of_ranking,
             .select = highest_scores},
    Strategy{.name = "auto",
             .summary = "coreset while nothing is chosen or scored, then dmbal",
             .source = "see there",
             .needs_embeddings = true,
             .usual_score = "uncertainty_margin",
             .memory = memory_of_auto,
             .select = select_auto},
    Strategy{.name = "badge",
             .summary = "diverse gradients: k-means++ over (p - onehot) times embedding",
             .source = "Ash et al., Deep Batch Active Learning by Diverse Gradients, ICLR 2020",
             .needs_embeddings = true,
             .needs_probabilities = true,
             .missing_in_jobs = "the probabilities of all classes",
             .memory = memory_of_badge,
             .select = select_badge},
    Strategy{.name = "balance",
             .summary = "greedily what the chosen lack of the classes or categories of a target",
             .source = "Sainte-Lague's apportionment; Lightly's documentation, strategy balance",
             .memory = memory_of_combined,
             .select = select_balance},
    Strategy{.name = "cluster_margin",
             .summary = "of the highest scores one of each cluster in turn, the smallest first",
             .source = "Citovsky et al., Batch Active Learning at Scale, NeurIPS 2021",
             .needs_embeddings = true,
             .needs_scores = true,
             .needs_number = true,
             .memory = memory_of_cluster_margin,
             .select = select_cluster_margin},
    Strategy{.name = "combined",
             .summary = "greedily the highest product of objectives, each to its strength",
             .source = "Lightly's documentation, strategy scores",
             .memory = memory_of_combined,
             .select = select_combined},
    Strategy{.name = "coral",
             .summary = "greedily the highest score times distance to the nearest chosen sample",
             .source = "Lightly's documentation, strategy scores",
             .needs_embeddings = true,
             .needs_scores = true,
             .memory = memory_of_greedy,
             .select = coral},
    Strategy{.name = "coreset",
             .summary = "greedily the sample farthest from the nearest chosen one (k-center)",
             .source = "Sener & Savarese, Active Learning for CNNs: A Core-Set Approach, ICLR 2018",
             .needs_embeddings = true,
             .memory = memory_of_greedy,
             .select = coreset},
    Strategy{.name = "coreset_two_round",
             .summary = "an approximation of coreset: that of parts, then of what they picked",
             .source = "Malkomes et al., Fast Distributed k-Center Clustering, NeurIPS 2015",
             .needs_embeddings = true,
             .needs_number = true,
             .memory = memory_of_two_round,
             .select = select_coreset_two_round},
    Strategy{.name = "deduplicate",
             .summary = "each sample that is not nearer than min_distance to one before it",
             .source = "an exact net of that radius",
             .needs_embeddings = true,
             .memory = memory_of_deduplicate,
             .select = select_deduplicate},
    Strategy{.name = "dmbal",
             .summary = "of the highest scores the centres of clusters weighted by score",
             .source = "Zhdanov, Diverse mini-batch Active Learning, 2019",
             .needs_embeddings = true,
             .needs_scores = true,
             .needs_number = true,
             .usual_score = "uncertainty_margin",
             .memory = memory_of_dmbal,
             .select = select_dmbal},
    Strategy{.name = "entropy",
             .summary = "the highest entropies, given as scores",
             .source = "Settles & Craven, An Analysis of Active Learning Strategies, EMNLP 2008",
             .needs_scores = true,
             .usual_score = "uncertainty_entropy",
             .needs_usual_score = true,
             .memory = memory_of_ranking,
             .select = highest_scores},
    Strategy{.name = "facility_location",
             .summary = "greedily the sample that brings the others nearest to a chosen one",
             .source = "Wei et al., Submodularity in Data Subset Selection, ICML 2015",
             .needs_embeddings = true,
             .memory = memory_of_facility_location,
             .select = select_facility_location},
    Strategy{.name = "information_density",
             .summary = "the highest score times mean cosine to all samples",
             .source = "Settles & Craven, An Analysis of Active Learning Strategies, EMNLP 2008",
             .needs_embeddings = true,
             .needs_scores = true,
             .memory = memory_of_kmeans_plus_plus,
             .select = select_information_density},
    Strategy{.name = "kmeans++",
             .summary = "at random, in proportion to the squared distance to the nearest chosen",
             .source = "Arthur & Vassilvitskii, The Advantages of Careful Seeding, SODA 2007",
             .needs_embeddings = true,
             .memory = memory_of_kmeans_plus_plus,
             .select = select_kmeans_plus_plus},
    Strategy{
        .name = "least_confidence",
        .summary = "the lowest confidences, given as scores of their complement",
        .source = "Culotta & McCallum, Reducing Labeling Effort for Structured Prediction, 2005",
        .needs_scores = true,
        .usual_score = "uncertainty_least_confidence",
        .needs_usual_score = true,
        .memory = memory_of_ranking,
        .select = highest_scores},
    Strategy{.name = "margin",
             .summary = "the smallest margins, given as scores of their complement",
             .source = "Scheffer et al., Active Hidden Markov Models, IDA 2001",
             .needs_scores = true,
             .usual_score = "uncertainty_margin",
             .needs_usual_score = true,
             .memory = memory_of_ranking,
             .select = highest_scores},
    Strategy{.name = "prob_cover",
             .summary = "greedily the sample whose ball covers most that is not covered",
             .source = "Yehuda et al., Active Learning Through a Covering Lens, NeurIPS 2022",
             .needs_embeddings = true,
             .memory = memory_of_prob_cover,
             .select = select_prob_cover},
    Strategy{.name = "random",
             .summary = "uniformly",
             .source = "-",
             .memory = memory_of_ranking,
             .select = random},
    Strategy{.name = "similarity",
             .summary = "the highest cosine to any sample of a query",
             .source = "Lightly's documentation, strategy similarity",
             .needs_embeddings = true,
             .memory = memory_of_similarity,
             .select = select_similarity},
    Strategy{.name = "typicality",
             .summary = "the least mean distance to the nearest samples",
             .source = "Hacohen et al., Active Learning on a Budget, ICML 2022",
             .needs_embeddings = true,
             .memory = memory_of_typicality,
             .select = select_typicality},
    Strategy{.name = "typiclust",
             .summary = "the most typical sample of each cluster, those without a chosen one first",
             .source = "Hacohen et al., Active Learning on a Budget, ICML 2022",
             .needs_embeddings = true,
             .needs_number = true,
             .memory = memory_of_typiclust,
             .select = select_typiclust},
    Strategy{.name = "weights",
             .summary = "the highest weights, given as scores: any number of metadata",
             .source = "Lightly's documentation, strategy weights",
             .needs_scores = true,
             .memory = memory_of_ranking,
             .select = highest_scores},
};

void check_probabilities(std::span<const double> row, SampleIndex sample) {
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    if (std::ranges::all_of(row, [](double p) { return p >= 0; }) &&
        std::abs(sum - 1) <= most_probability_error)
        return;
    throw DataError(
        fmt::format("the probabilities of sample {} are not: they must be at least 0 and sum "
                    "to 1, and their sum is {}",
                    sample,
                    shortest(sum)));
}

void check_probabilities(std::string_view strategy, const Task& task) {
    const auto& pool = task.pool;
    if (pool.probabilities == nullptr || pool.probabilities->rows() != pool.candidates.size()) {
        throw DataError(fmt::format(
            "{} needs the probabilities of the classes for each candidate: there are {} candidates "
            "and {} rows of probabilities",
            strategy,
            pool.candidates.size(),
            pool.probabilities == nullptr ? 0 : pool.probabilities->rows()));
    }
    if (pool.probabilities->cols() < 2 && !pool.candidates.empty()) {
        throw DataError(
            fmt::format("{} needs the probabilities of two classes or more; where there is one "
                        "number p, give p and 1 - p",
                        strategy));
    }
    for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
        if (i % 1024 == 0) poll(task);
        check_probabilities(pool.probabilities->row(i), pool.candidates[i]);
    }
}

void check(const Strategy& strategy, const Task& task) {
    if (strategy.needs_embeddings && task.pool.embeddings == nullptr && !task.pool.rows) {
        throw DataError(
            fmt::format("{} needs embeddings, and there are none; give the samples "
                        "embeddings or choose another strategy",
                        strategy.name));
    }
    if (strategy.needs_scores && task.pool.scores.size() != task.pool.candidates.size()) {
        throw DataError(fmt::format(
            "{} needs one score for each candidate: there are {} candidates and {} scores",
            strategy.name,
            task.pool.candidates.size(),
            task.pool.scores.size()));
    }
    if (strategy.needs_probabilities) check_probabilities(strategy.name, task);
    const bool has_number = task.stop.picks || task.stop.proportion;
    if (const auto missing = missing_number(strategy, has_number); !missing.empty())
        throw DataError(missing);
}

}  // namespace

std::span<const Strategy> strategies() { return all; }

const Strategy* find_strategy(std::string_view name) {
    const auto* found = std::ranges::find(all, name, &Strategy::name);
    return found == all.end() ? nullptr : found;
}

namespace {

std::vector<Pick> select_by_metric(const Strategy& strategy, const Task& task) {
    const bool has_embeddings = task.pool.embeddings != nullptr || task.pool.rows;
    if (task.options.metric == Metric::euclidean || !has_embeddings) return strategy.select(task);
    return strategy.select(Normalised(task).task());
}

std::vector<Pick> select_within_thresholds(const Strategy& strategy, const Task& task) {
    if (task.options.thresholds.empty()) return select_by_metric(strategy, task);
    return select_by_metric(strategy, Filtered(task).task());
}

}  // namespace

std::vector<Pick> select(const Strategy& strategy, const Task& task) {
    check(strategy, task);
    auto bounded = task;
    if (task.stop.proportion) {
        bounded.stop.picks = most_picks(task.stop, open_places(task).size());
        bounded.stop.proportion.reset();
    }
    std::vector<Pick> picks;
    with_threads(task.options.threads,
                 [&] { picks = select_within_thresholds(strategy, bounded); });
    return picks;
}

Ending ending_of(const Task& task, std::size_t picks) {
    const auto open = open_places(task);
    auto wanted = task.stop.picks;
    if (task.stop.proportion) {
        const auto share = most_picks({.proportion = task.stop.proportion}, open.size());
        wanted = std::min(share, wanted.value_or(share));
    }
    const auto within = static_cast<std::size_t>(std::ranges::count_if(
        open, [&](Place place) { return is_within(task.options.thresholds, place); }));
    return ending_of(picks, open.size(), within, wanted, task.stop.min_distance);
}

std::vector<Pick> select_auto(const Task& task) {
    const bool is_first = task.pool.preselected.empty() || task.pool.scores.empty();
    return is_first || !task.stop.picks ? coreset(task) : select_dmbal(task);
}

std::vector<Pick> select_by_method(SamplingMethod method, const Task& task) {
    return select(method, task.pool, task.stop, task.random, task.progress, task.options.objective);
}

std::string missing_number(const Strategy& strategy, bool has_number) {
    if (has_number || !strategy.needs_number) return {};
    return fmt::format(
        "{} divides the candidates by the number of samples to choose, so a "
        "distance to stop at is not enough: give that number",
        strategy.name);
}

}  // namespace trommel::selection
