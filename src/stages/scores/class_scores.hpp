// How much each sample has of each class, a score a class: what the goal balance uses.
#pragma once

#include "stages/scores/batch_scorer.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

namespace trommel::stages {

using ClassNames = std::vector<std::string>;

inline scoring::Scores empty_columns(const ClassNames& classes, std::size_t samples) {
    scoring::Scores columns;
    for (const auto& name : classes)
        columns.push_back({.name = name, .values = std::vector<double>(samples)});
    return columns;
}

struct ClassScoreOptions {
    ClassNames columns{};
};

template <typename Batch, auto amounts>
StageType score_classes(std::string name, std::string help) {
    using Options = ClassScoreOptions;
    return StageType::of<BatchScorer<Batch, amounts, Options>>(std::move(name), std::move(help))
        .template reads<Batch>()
        .template sends<ScoreBatch>()
        .option("classes",
                &Options::columns,
                "Score names, one per class, in the order of the model.",
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

}  // namespace trommel::stages
