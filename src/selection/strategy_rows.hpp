// The rows of the table of strategies; each appears in the strategy's file.
#pragma once

#include "trommel/selection/select.hpp"

#include <array>

namespace trommel::selection::rows {

extern const Strategy active_learning;
extern const Strategy automatic;
extern const Strategy badge;
extern const Strategy balance;
extern const Strategy cluster_margin;
extern const Strategy combined;
extern const Strategy coral;
extern const Strategy coreset;
extern const Strategy coreset_two_round;
extern const Strategy deduplicate;
extern const Strategy dmbal;
extern const Strategy entropy;
extern const Strategy facility_location;
extern const Strategy information_density;
extern const Strategy kmeans_plus_plus;
extern const Strategy least_confidence;
extern const Strategy margin;
extern const Strategy prob_cover;
extern const Strategy random;
extern const Strategy similarity;
extern const Strategy typicality;
extern const Strategy typiclust;
extern const Strategy weights;

/// By name.
inline constexpr std::array all{&active_learning,
                                &automatic,
                                &badge,
                                &balance,
                                &cluster_margin,
                                &combined,
                                &coral,
                                &coreset,
                                &coreset_two_round,
                                &deduplicate,
                                &dmbal,
                                &entropy,
                                &facility_location,
                                &information_density,
                                &kmeans_plus_plus,
                                &least_confidence,
                                &margin,
                                &prob_cover,
                                &random,
                                &similarity,
                                &typicality,
                                &typiclust,
                                &weights};

}  // namespace trommel::selection::rows
