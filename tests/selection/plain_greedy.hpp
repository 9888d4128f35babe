// The greedy methods by the letter: for every pick all distances to the last one, and a use all
// candidates. What the engine is compared with, to the last bit.
#pragma once

#include "selection/kernels/distance.hpp"
#include "selection/pools.hpp"

#include <algorithm>
#include <cmath>

namespace trommel::selection {

class PlainGreedy {
public:
    PlainGreedy(std::string_view method, const OwnedPool& pool, const Objective& objective)
        : pool_(pool),
          objective_(objective),
          use_scores_(method == "coral"),
          candidates_(pool.candidates.size()) {}

    std::vector<Pick> run(const Stop& stop) {
        for (const auto sample : pool_.preselected) choose(sample);
        while (!stop.picks || picks_.size() < *stop.picks) {
            const auto pick = best();
            if (!pick) break;
            if (pick->distance && *pick->distance < stop.min_distance) break;
            picks_.push_back(*pick);
            choose(pick->sample);
        }
        return picks_;
    }

private:
    struct Candidate {
        bool is_taken = false;
        float squared = 0;
        std::optional<SampleIndex> nearest{};
    };

    void choose(SampleIndex chosen) {
        any_chosen_ = true;
        for (std::size_t i = 0; i < pool_.candidates.size(); ++i) {
            const auto sample = pool_.candidates[i];
            auto& candidate = candidates_[i];
            if (sample == chosen) candidate.is_taken = true;
            const float squared =
                squared_distance(pool_.embeddings.row(sample), pool_.embeddings.row(chosen));
            if (candidate.nearest && squared >= candidate.squared) continue;
            candidate.squared = squared;
            candidate.nearest = chosen;
        }
    }

    std::optional<Pick> best() const {
        std::optional<Pick> best;
        double highest = 0;
        for (std::size_t i = 0; i < pool_.candidates.size(); ++i) {
            const auto& candidate = candidates_[i];
            if (candidate.is_taken) continue;
            const double mine = priority(i, candidate.squared);
            if (best && !(mine > highest)) continue;
            highest = mine;
            best = Pick{.sample = pool_.candidates[i], .nearest = candidate.nearest};
            if (use_scores_) best->score = pool_.scores[i];
            if (candidate.nearest)
                best->distance = std::sqrt(static_cast<double>(candidate.squared));
        }
        return best;
    }

    double priority(std::size_t i, float squared) const {
        const auto square = static_cast<double>(squared);
        if (!use_scores_) return square;
        const double score = pool_.scores[i];
        if (!any_chosen_) return objective_.score_strength < 0 ? -score : score;
        if (objective_.combination == Combination::sum) {
            return objective_.diversity_strength * std::sqrt(square) +
                   objective_.score_strength * score;
        }
        if (objective_.combination == Combination::cumulative_product) {
            double distances = 0;
            double scores = 0;
            for (const auto& pick : picks_) {
                distances += pick.distance.value_or(0);
                scores += *pick.score;
            }
            if (objective_.diversity_strength == 1 && objective_.score_strength == 1)
                return (distances + std::sqrt(square)) * (scores + score);
            return std::pow(distances + std::sqrt(square), objective_.diversity_strength) *
                   std::pow(scores + score, objective_.score_strength);
        }
        const double power = 2 * objective_.score_strength / objective_.diversity_strength;
        return square * (power == 2 ? score * score : std::pow(score, power));
    }

    const OwnedPool& pool_;
    Objective objective_;
    bool use_scores_;
    bool any_chosen_ = false;
    std::vector<Candidate> candidates_;
    std::vector<Pick> picks_{};
};

inline std::vector<Pick> plain_greedy(std::string_view method,
                                      const OwnedPool& pool,
                                      const Stop& stop = {},
                                      const Objective& objective = {}) {
    return PlainGreedy(method, pool, objective).run(stop);
}

}  // namespace trommel::selection
