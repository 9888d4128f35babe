// Scores of committees: several predictions for each sample, from an ensemble of models or from one
// model with dropout left on (Monte Carlo).
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/scoring/scorer.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace trommel::scoring {

/// The predictions of one sample: `probs` (members, classes), two or more members, one or more
/// classes; rows sum to 1. Each member votes for its likeliest class, the first of equals.
///
/// 1 - votes of the class with most / members; in [0, 1 - 1/members]. Freeman, "Elementary Applied
/// Statistics", 1965; Gal et al., ICML 2017.
double variation_ratio(const Probabilities& probs);

/// Entropy of the votes in bits, divided by log2 min(members, classes); in [0, 1]. Dagan and
/// Engelson, "Committee-Based Sampling", ICML 1995, who divide by log min(members, classes) too.
double vote_entropy(const Probabilities& probs);

/// Entropy of the mean prediction minus the mean of the members' entropies, in bits, divided by
/// log2 classes; in [0, 1]. 0 where rounding makes it negative. Houlsby et al., "Bayesian Active
/// Learning for Classification and Preference Learning", 2011; Gal et al., ICML 2017.
double bald(const Probabilities& probs);

/// One column for each of `names` (see all_score_names(Task::classification)). The uncertainties
/// are those of the mean prediction: consensus entropy and its like (McCallum and Nigam, ICML
/// 1998). `committees` are `samples` times (members, classes) values, one sample after another.
/// Throws ConfigError on an unknown name, DataError on fewer than two members or no classes.
Scores score_committees(std::span<const double> committees,
                        std::size_t members,
                        std::size_t classes,
                        std::span<const std::string> names);

/// Whether this score (by its current name) needs a committee.
bool needs_committee(std::string_view score_name);

}  // namespace trommel::scoring
