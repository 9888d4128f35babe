#include "scoring/committee_parts.hpp"
#include "trommel/scoring/committee.hpp"
#include "trommel/scoring/score_type.hpp"

#include <algorithm>
#include <cassert>

namespace trommel::scoring {

double vote_entropy(const Probabilities& probs) {
    assert(probs.rows() > 0);
    auto counts = votes(probs);
    for (double& count : counts) count /= static_cast<double>(probs.rows());
    return fraction_of_log2(entropy(counts), std::min(probs.rows(), counts.size()));
}

std::vector<ScoreType> vote_entropy_score() {
    return {{.name = "vote_entropy",
             .range = "[0, 1]",
             .paper = "Dagan & Engelson, ICML 1995",
             .kernel = OfCommittee{vote_entropy}}};
}

}  // namespace trommel::scoring
