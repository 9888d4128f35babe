// How much each sample has of each class, a score a class: what the goal balance goes by.
#include "stages/batch_scorer.hpp"
#include "stages/stages.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel::stages {
namespace {

using Names = std::vector<std::string>;

scoring::Scores empty_columns(const Names& classes, std::size_t samples) {
    scoring::Scores columns;
    for (const auto& name : classes)
        columns.push_back({.name = name, .values = std::vector<double>(samples)});
    return columns;
}

/// The classes' probabilities.
scoring::Scores shares_of(const std::shared_ptr<const ClassificationBatch>& batch,
                          const Names& classes) {
    const auto& probs = batch->probs;
    if (probs.rows() > 0 && probs.cols() != classes.size())
        throw DataError(fmt::format("the predictions are of {} classes, and 'classes' names {}: {}",
                                    probs.cols(),
                                    classes.size(),
                                    fmt::join(classes, ", ")));
    auto columns = empty_columns(classes, probs.rows());
    for (std::size_t i = 0; i < probs.rows(); ++i)
        for (std::size_t c = 0; c < classes.size(); ++c) columns[c].values[i] = probs.row(i)[c];
    return columns;
}

/// How many objects of the class were found.
scoring::Scores counts_of(const std::shared_ptr<const DetectionBatch>& batch,
                          const Names& classes) {
    auto columns = empty_columns(classes, batch->outputs.size());
    for (std::size_t i = 0; i < batch->outputs.size(); ++i) {
        for (const int label : batch->outputs[i].labels()) {
            if (label < 0 || static_cast<std::size_t>(label) >= classes.size())
                throw DataError(
                    fmt::format("sample '{}' has an object of class {}, and 'classes' names {}: {}",
                                batch->of->name(batch->samples[i]),
                                label,
                                classes.size(),
                                fmt::join(classes, ", ")));
            columns[static_cast<std::size_t>(label)].values[i] += 1;
        }
    }
    return columns;
}

struct ClassOptions {
    Names columns{};
};

template <typename Batch, auto amounts>
StageType score_classes(std::string name, std::string help) {
    using Options = ClassOptions;
    return StageType::of<BatchScorer<Batch, amounts, Options>>(std::move(name), std::move(help))
        .template reads<Batch>()
        .template sends<ScoreBatch>()
        .option("classes",
                &Options::columns,
                "What the score of each class is called, in the order of the model's classes.",
                {.required = true, .min = {}, .max = {}})
        .computes([](const Options& options) { return options.columns; })
        .batchwise()
        .check([](const Options& options, const StageType::Complain& complain) {
            auto names = options.columns;
            std::ranges::sort(names);
            const auto twice = std::ranges::adjacent_find(names);
            if (twice != names.end())
                complain("classes", fmt::format("'{}' is named twice", *twice));
        });
}

}  // namespace

StageType score_class_probabilities() {
    return score_classes<ClassificationBatch, shares_of>(
        "score.class_probabilities",
        "Gives each sample a score for each class, its probability: what balance goes by.");
}

StageType score_class_counts() {
    return score_classes<DetectionBatch, counts_of>(
        "score.class_counts",
        "Gives each sample a score for each class, how many objects: what balance goes by.");
}

}  // namespace trommel::stages
