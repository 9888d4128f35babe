#include "scoring/committee_parts.hpp"
#include "trommel/scoring/committee.hpp"
#include "trommel/scoring/score_type.hpp"

#include <algorithm>
#include <cassert>

namespace trommel::scoring {

double variation_ratio(const Probabilities& probs) {
    assert(probs.rows() > 0);
    return 1 - std::ranges::max(votes(probs)) / static_cast<double>(probs.rows());
}

std::vector<ScoreType> variation_ratio_score() {
    return {{.name = "variation_ratio",
             .range = "[0, 1 - 1/members]",
             .paper = "Freeman, 1965; Gal et al., ICML 2017",
             .kernel = OfCommittee{variation_ratio}}};
}

}  // namespace trommel::scoring
