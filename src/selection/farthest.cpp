#include "selection/distance.hpp"
#include "selection/methods.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

/// What the greedy knows of each candidate, by its position in request.places.
class Candidates {
public:
    Candidates(const Request& request, bool use_scores)
        : request_(request),
          use_scores_(use_scores),
          squared_(request.places.size(), std::numeric_limits<float>::infinity()),
          taken_(request.places.size()) {}

    /// Brings every candidate's distance to the nearest chosen sample up to date.
    void choose(SampleIndex chosen) {
        const Matrix& embeddings = *request_.pool.embeddings;
        const auto center = embeddings.row(chosen);
        for (std::size_t i = 0; i < squared_.size(); ++i) {
            const auto row = embeddings.row(request_.sample(request_.places[i]));
            squared_[i] = std::min(squared_[i], squared_distance(row, center));
        }
        any_chosen_ = true;
    }

    /// Takes the candidate of highest priority that is left, the first of equals.
    Pick take() {
        std::size_t best = 0;
        double highest = -1;
        for (std::size_t i = 0; i < taken_.size(); ++i) {
            if (taken_[i]) continue;
            if (const double mine = priority(i); mine > highest) {
                best = i;
                highest = mine;
            }
        }
        taken_[best] = true;
        Pick pick{.sample = request_.sample(request_.places[best])};
        if (use_scores_) pick.score = score(best);
        pick.distance = distance(squared_[best], pick.sample, any_chosen_);
        return pick;
    }

private:
    double score(std::size_t i) const { return request_.pool.scores[request_.places[i]]; }

    /// At least 0. In double, where the root of a single-precision number keeps it distinct:
    /// without scores, squared distances and distances agree about who is first.
    double priority(std::size_t i) const {
        if (!use_scores_) return squared_[i];
        if (!any_chosen_) return score(i);
        return std::sqrt(static_cast<double>(squared_[i])) * score(i);
    }

    const Request& request_;
    bool use_scores_;
    bool any_chosen_ = false;
    std::vector<float> squared_;  ///< distances to the nearest chosen sample; infinity for none
    std::vector<char> taken_;
};

}  // namespace

std::vector<Pick> pick_farthest(const Request& request, bool use_scores) {
    Candidates candidates(request, use_scores);
    for (const auto sample : request.pool.preselected) {
        poll(request, 0);
        candidates.choose(sample);
    }
    std::vector<Pick> picks;
    picks.reserve(request.picks);
    while (picks.size() < request.picks) {
        poll(request, picks.size());
        if (!picks.empty()) candidates.choose(picks.back().sample);
        const Pick pick = candidates.take();
        if (is_too_near(request, pick.distance)) break;
        picks.push_back(pick);
    }
    return picks;
}

}  // namespace trommel::selection
