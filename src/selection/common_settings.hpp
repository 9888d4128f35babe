// What several strategies can be told.
#pragma once

#include "trommel/selection/strategy_settings.hpp"

namespace trommel::selection::settings {

inline constexpr StrategySetting oversampling{
    .name = "oversampling",
    .field = &StrategyOptions::oversampling,
    .min = 1,
    .help = "Candidates per pick, taken by highest score."};

inline constexpr StrategySetting neighbors{.name = "neighbors",
                                           .field = &StrategyOptions::neighbors,
                                           .min = 1,
                                           .help = "Neighbours used for typicality."};

inline constexpr StrategySetting search{
    .name = "search",
    .field = &StrategyOptions::search,
    .help = "Neighbour search; approximate is faster and may miss some."};

inline constexpr StrategySetting probes{
    .name = "probes",
    .field = &StrategyOptions::probes,
    .min = 1,
    .help = "Lists probed by an approximate search, of 4 sqrt(n)."};

inline constexpr StrategySetting radius{
    .name = "radius",
    .field = &StrategyOptions::radius,
    .min = 0,
    .help = "prob_cover: distance covered; cluster_margin: mean distance in a cluster."};

inline constexpr StrategySetting first{
    .name = "first", .field = &Objective::first, .help = "First sample if none is chosen yet."};

/// Of every strategy that takes embeddings.
inline constexpr StrategySetting metric{.name = "metric",
                                        .field = &StrategyOptions::metric,
                                        .help = "Distance between embeddings; cosine copies them.",
                                        .of = "with embeddings, combined"};

}  // namespace trommel::selection::settings
