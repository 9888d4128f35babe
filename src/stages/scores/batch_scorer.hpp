// A stage that scores each batch by itself: a function of a batch and of the scores' names is all
// of it.
#pragma once

#include "stages/scores/score_names.hpp"
#include "trommel/pipeline/stage/ports.hpp"
#include "trommel/pipeline/stage/stage_type.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trommel::stages {

/// `score(batch, names)` gives a column a name, for the samples of a std::shared_ptr<const Batch>;
/// the names are the `columns` of its options.
template <typename Batch, auto score, typename Given>
class BatchScorer final : public Stage {
public:
    using Options = Given;

    explicit BatchScorer(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        while (auto batch = co_await in.receive<Batch>()) {
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            scores->columns = co_await on_cpu(context.cpu, score, batch, options_.columns);
            co_await out.send(std::move(scores));
        }
    }

private:
    Options options_;
};

/// `defaults()` are the names that are meant where none are given.
template <auto defaults>
struct ScoreOptions {
    std::vector<std::string> columns = defaults();
};

/// Such a stage, whose scores are those of `task`.
template <typename Batch, auto score, auto defaults>
StageType batch_scorer(std::string name, std::string help, scoring::Task task) {
    using Options = ScoreOptions<defaults>;
    using Scorer = BatchScorer<Batch, score, Options>;
    return StageType::of<Scorer>(std::move(name), std::move(help))
        .template reads<Batch>()
        .template sends<ScoreBatch>()
        .option("scores", &Options::columns, "Scores to compute; higher means label sooner.")
        .computes([task](const Options& options) { return current_names(task, options.columns); })
        .batchwise()
        .check([task](const Options& options, const StageType::Complain& complain) {
            check_score_names(task, options.columns, complain);
        });
}

}  // namespace trommel::stages
