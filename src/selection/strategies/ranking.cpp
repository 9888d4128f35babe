// Strategies that use scores alone: they differ in which.
#include "selection/request.hpp"
#include "selection/shared.hpp"

namespace trommel::selection {

constinit const Strategy rows::active_learning{
    .name = "active_learning",
    .summary = "highest scores",
    .source = "Lewis & Gale, A Sequential Algorithm for Training Text Classifiers, 1994",
    .needs_scores = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::entropy{
    .name = "entropy",
    .summary = "highest entropy",
    .source = "Settles & Craven, An Analysis of Active Learning Strategies, EMNLP 2008",
    .needs_scores = true,
    .usual_score = "uncertainty_entropy",
    .needs_usual_score = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::least_confidence{
    .name = "least_confidence",
    .summary = "lowest confidence of the likeliest class",
    .source = "Culotta & McCallum, Reducing Labeling Effort for Structured Prediction, 2005",
    .needs_scores = true,
    .usual_score = "uncertainty_least_confidence",
    .needs_usual_score = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::margin{
    .name = "margin",
    .summary = "smallest margin between the two likeliest classes",
    .source = "Scheffer et al., Active Hidden Markov Models, IDA 2001",
    .needs_scores = true,
    .usual_score = "uncertainty_margin",
    .needs_usual_score = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::weights{
    .name = "weights",
    .summary = "highest weights: any numeric metadata given as scores",
    .source = "Lightly's documentation, strategy weights",
    .needs_scores = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

}  // namespace trommel::selection
