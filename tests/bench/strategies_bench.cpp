// Strategies at 100,000 x 128 clustered embeddings, 1,000 picks, 10 classes; once each.
#include "bench/figure.hpp"
#include "bench/k_center_data.hpp"
#include "trommel/core/random.hpp"
#include "trommel/selection/select.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace trommel::bench {

namespace {

using selection::Goal;

constexpr std::size_t samples = 100'000;
constexpr std::size_t picks = 1000;
constexpr std::size_t classes = 10;

/// A pool with all that any strategy wants.
struct Samples {
    Samples() {
        std::iota(candidates.begin(), candidates.end(), SampleIndex{0});
        Random random(1, 0, "bench");
        for (double& score : scores) score = random.uniform();
        for (std::size_t i = 0; i < samples; ++i) {
            double sum = 0;
            for (double& p : probabilities.row(i)) sum += p = random.uniform() + 1e-3;
            for (double& p : probabilities.row(i)) p /= sum;
            categories(i, random.below(classes)) = 1;
        }
    }

    selection::Pool pool() const {
        return {.candidates = candidates,
                .scores = scores,
                .rows = embeddings.view(),
                .probabilities = &probabilities};
    }

    Embeddings embeddings = clustered(samples, 128);
    std::vector<SampleIndex> candidates = std::vector<SampleIndex>(samples);
    std::vector<double> scores = std::vector<double>(samples);
    Probabilities probabilities{samples, classes};
    Probabilities categories{samples, classes};
};

double time_of(const Samples& all,
               std::string_view strategy,
               const selection::StrategyOptions& options) {
    const selection::Task task{.pool = all.pool(),
                               .stop = {.picks = picks},
                               .random = Random(1, 0, "bench"),
                               .options = options};
    return seconds([&] { selection::select(*selection::find_strategy(strategy), task); }, 1);
}

/// Rounds of CORESET, each with the picks of those before it preselected; from `state` if it names
/// a file. Returns what each took.
std::vector<double> times_of_rounds(const Embeddings& embeddings,
                                    std::size_t rounds,
                                    const std::filesystem::path& state) {
    std::vector<SampleIndex> candidates(embeddings.rows);
    std::iota(candidates.begin(), candidates.end(), SampleIndex{0});
    std::vector<SampleIndex> chosen;
    std::vector<double> times;
    for (std::size_t round = 0; round < rounds; ++round) {
        const selection::Pool pool{
            .candidates = candidates, .preselected = chosen, .rows = embeddings.view()};
        std::vector<selection::Pick> made;
        times.push_back(seconds(
            [&] {
                made = selection::select(*selection::find_strategy("coreset"),
                                         {.pool = pool,
                                          .stop = {.picks = picks},
                                          .random = Random(1, 0, "bench"),
                                          .progress = {.state = state}});
            },
            1));
        for (const auto& pick : made) chosen.push_back(pick.sample);
        std::ranges::sort(chosen);
    }
    return times;
}

/// Rounds from what the round before kept: the second against the first, and ten against ten that
/// restart with all that is chosen.
void print_rounds(const std::string& name, const Embeddings& embeddings) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("trommel_bench_" + std::to_string(::getpid()) + ".state");
    const auto kept = times_of_rounds(embeddings, 10, file);
    std::filesystem::remove(file);
    print("selection.second_1000_" + name, kept[1], "s", kept[1] / kept[0], "the first 1000 picks");
    const auto anew = times_of_rounds(embeddings, 10, {});
    const auto sum = [](const std::vector<double>& times) {
        return std::accumulate(times.begin(), times.end(), 0.0);
    };
    print("selection.ten_rounds_anew_" + name,
          sum(anew),
          "s",
          sum(anew) / sum(kept),
          "ten rounds from kept state");
    print("selection.tenth_round_anew_" + name,
          anew.back(),
          "s",
          anew.back() / kept.back(),
          "the tenth round from kept state");
}

}  // namespace

void run_strategies_bench() {
    const Samples all;
    const double coreset = time_of(all, "coreset", {});
    const auto show = [&](const std::string& name,
                          std::string_view strategy,
                          const selection::StrategyOptions& options) {
        const double time = time_of(all, strategy, options);
        print("selection." + name + "_100k_x_128", time, "s", time / coreset, "coreset");
    };
    const auto goal = [&](Goal::Kind kind, double strength) {
        Goal result{.kind = kind, .strength = strength};
        if (kind == Goal::Kind::weights) result.values = all.scores;
        if (kind == Goal::Kind::balance) result.distribution.shares = &all.categories;
        return result;
    };
    using Kind = Goal::Kind;
    const auto weights = goal(Kind::weights, 1);
    const auto balance = goal(Kind::balance, 1);
    const auto diversity = goal(Kind::diversity, 1);
    show("facility_location", "facility_location", {});
    show("badge", "badge", {});
    show("cluster_margin", "cluster_margin", {});
    show("weights", "weights", {});
    show("balance", "balance", {.goals = {balance}});
    show("combined_lazy", "combined", {.goals = {diversity, weights}});
    show("combined_with_balance", "combined", {.goals = {diversity, weights, balance}});
    show("combined_near", "combined", {.goals = {goal(Kind::diversity, -1), weights}});
    show("coreset_within_threshold",
         "coreset",
         {.thresholds = {{.values = all.scores, .least = 0.5}}});
    show("coreset_cosine", "coreset", {.metric = selection::Metric::cosine});
    show("coreset_two_round", "coreset_two_round", {});
    print_rounds("100k_x_128", all.embeddings);
    print_rounds("500k_x_128", clustered(500'000, 128));
}

}  // namespace trommel::bench
