#include "selection/distance.hpp"
#include "selection/methods.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

/// As many values as stay in a core's cache while many chosen samples pass over them, and as few
/// that a request to stop is answered within milliseconds.
constexpr std::size_t values_at_once = 65'536;

/// What the greedy knows of each candidate, by its position in request.places.
class Candidates {
public:
    Candidates(const Request& request, bool use_scores, const std::vector<Pick>& picks)
        : request_(request),
          picks_(picks),
          use_scores_(use_scores),
          squared_(request.places.size(), std::numeric_limits<float>::infinity()),
          taken_(request.places.size()) {
        for (const auto& pick : picks) taken_[*find_place(request, pick.sample)] = true;
    }

    /// Brings every candidate's distance to the nearest chosen sample up to date, in one pass over
    /// the embeddings. The least of them is the same in whatever order they come.
    void choose(std::span<const SampleIndex> chosen) {
        const std::size_t dimensions = request_.pool.embeddings->cols();
        const std::size_t rows = values_at_once / std::clamp(dimensions, 1UL, values_at_once);
        for (std::size_t begin = 0; begin < squared_.size(); begin += rows) {
            const auto end = std::min(begin + rows, squared_.size());
            for (const auto sample : chosen) approach(sample, begin, end);
        }
        any_chosen_ = any_chosen_ || !chosen.empty();
    }

    /// Takes the candidate of highest priority that is left, the first of equals.
    Pick take() {
        std::size_t best = 0;
        double highest = -1;
        for (std::size_t i = 0; i < taken_.size(); ++i) {
            if (i % values_at_once == 0) poll(request_, picks_.size());
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
    void approach(SampleIndex chosen, std::size_t begin, std::size_t end) {
        poll(request_, picks_.size());
        const Matrix& embeddings = *request_.pool.embeddings;
        const auto center = embeddings.row(chosen);
        for (std::size_t i = begin; i < end; ++i) {
            const auto row = embeddings.row(request_.sample(request_.places[i]));
            squared_[i] = std::min(squared_[i], squared_distance(row, center));
        }
    }

    double score(std::size_t i) const { return request_.pool.scores[request_.places[i]]; }

    /// At least 0. In double, where the root of a single-precision number keeps it distinct:
    /// without scores, squared distances and distances agree about who is first.
    double priority(std::size_t i) const {
        if (!use_scores_) return squared_[i];
        if (!any_chosen_) return score(i);
        return std::sqrt(static_cast<double>(squared_[i])) * score(i);
    }

    const Request& request_;
    const std::vector<Pick>& picks_;  ///< so far
    bool use_scores_;
    bool any_chosen_ = false;
    std::vector<float> squared_;  ///< distances to the nearest chosen sample; infinity for none
    std::vector<char> taken_;
};

/// What is chosen before the first new pick.
std::vector<SampleIndex> chosen_before(const Request& request) {
    const auto& preselected = request.pool.preselected;
    std::vector<SampleIndex> chosen(preselected.begin(), preselected.end());
    for (const auto& pick : request.progress.made) chosen.push_back(pick.sample);
    return chosen;
}

}  // namespace

std::vector<Pick> pick_farthest(const Request& request, bool use_scores) {
    auto picks = first_picks(request);
    auto chosen = chosen_before(request);
    Candidates candidates(request, use_scores, picks);
    while (picks.size() < request.picks) {
        candidates.choose(chosen);
        const Pick pick = candidates.take();
        if (is_too_near(request, pick.distance)) break;
        add(request, picks, pick);
        chosen = {pick.sample};
    }
    return picks;
}

}  // namespace trommel::selection
