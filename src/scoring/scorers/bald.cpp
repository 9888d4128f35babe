#include "scoring/committee_parts.hpp"
#include "trommel/scoring/committee.hpp"
#include "trommel/scoring/score_type.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace trommel::scoring {
namespace {

double bits(std::span<const double> probs) {
    if (probs.size() != 1) return entropy(probs);
    const std::array<double, 2> both{probs[0], 1 - probs[0]};
    return entropy(both);
}

}  // namespace

double bald(const Probabilities& probs) {
    assert(probs.rows() > 0);
    double sum = 0;
    for (std::size_t member = 0; member < probs.rows(); ++member) sum += bits(probs.row(member));
    const double information = bits(mean_of(probs)) - sum / static_cast<double>(probs.rows());
    return fraction_of_log2(information, std::max<std::size_t>(probs.cols(), 2));
}

std::vector<ScoreType> bald_score() {
    return {{.name = "bald",
             .range = "[0, 1]",
             .paper = "Houlsby et al., 2011; Gal et al., ICML 2017",
             .kernel = OfCommittee{bald}}};
}

}  // namespace trommel::scoring
