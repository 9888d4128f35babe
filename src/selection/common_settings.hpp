// What several strategies can be told.
#pragma once

#include "trommel/selection/strategy_settings.hpp"

namespace trommel::selection::settings {

inline constexpr StrategySetting oversampling{
    .name = "oversampling",
    .field = &StrategyOptions::oversampling,
    .min = 1,
    .help = "Candidates a pick, those of the highest scores."};

inline constexpr StrategySetting neighbors{
    .name = "neighbors",
    .field = &StrategyOptions::neighbors,
    .min = 1,
    .help = "Of how many nearest samples the typical one is near."};

inline constexpr StrategySetting search{
    .name = "search",
    .field = &StrategyOptions::search,
    .help = "How nearest samples are found; approximate: of many, most of them, sooner."};

inline constexpr StrategySetting probes{
    .name = "probes",
    .field = &StrategyOptions::probes,
    .min = 1,
    .help = "An approximate search looks in so many of 4 sqrt(samples) lists."};

inline constexpr StrategySetting radius{
    .name = "radius",
    .field = &StrategyOptions::radius,
    .min = 0,
    .help =
        "How far from a chosen sample others count as covered; the mean distance within a "
        "cluster."};

inline constexpr StrategySetting first{.name = "first",
                                       .field = &Objective::first,
                                       .help = "What to begin with where nothing is chosen yet."};

/// Of every strategy that takes embeddings.
inline constexpr StrategySetting metric{
    .name = "metric",
    .field = &StrategyOptions::metric,
    .help = "How far embeddings are from each other; cosine takes a copy of them.",
    .of = "with embeddings, combined"};

}  // namespace trommel::selection::settings
