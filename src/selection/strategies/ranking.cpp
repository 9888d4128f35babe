// Strategies that go by scores alone: they differ in which.
#include "selection/request.hpp"
#include "selection/shared.hpp"

namespace trommel::selection {

constinit const Strategy rows::active_learning{
    .name = "active_learning",
    .summary = "the highest scores",
    .source = "Lewis & Gale, A Sequential Algorithm for Training Text Classifiers, 1994",
    .needs_scores = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::entropy{
    .name = "entropy",
    .summary = "the highest entropies, given as scores",
    .source = "Settles & Craven, An Analysis of Active Learning Strategies, EMNLP 2008",
    .needs_scores = true,
    .usual_score = "uncertainty_entropy",
    .needs_usual_score = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::least_confidence{
    .name = "least_confidence",
    .summary = "the lowest confidences, given as scores of their complement",
    .source = "Culotta & McCallum, Reducing Labeling Effort for Structured Prediction, 2005",
    .needs_scores = true,
    .usual_score = "uncertainty_least_confidence",
    .needs_usual_score = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::margin{
    .name = "margin",
    .summary = "the smallest margins, given as scores of their complement",
    .source = "Scheffer et al., Active Hidden Markov Models, IDA 2001",
    .needs_scores = true,
    .usual_score = "uncertainty_margin",
    .needs_usual_score = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

constinit const Strategy rows::weights{
    .name = "weights",
    .summary = "the highest weights, given as scores: any number of metadata",
    .source = "Lightly's documentation, strategy weights",
    .needs_scores = true,
    .memory = memory::ranking,
    .select = pick_highest,
};

}  // namespace trommel::selection
