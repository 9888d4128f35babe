#include "stages/score_names.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/on_cpu.hpp"
#include "trommel/scoring/classification.hpp"
#include "trommel/scoring/committee.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

class ScoreClassification final : public Stage {
public:
    struct Options {
        std::vector<std::string> scores = scoring::score_names(scoring::Task::classification);
    };

    explicit ScoreClassification(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        while (auto batch = co_await in.receive<ClassificationBatch>()) {
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            scores->columns = co_await on_cpu(context.cpu, score, batch, options_.scores);
            co_await out.send(std::move(scores));
        }
    }

private:
    static scoring::Scores score(const std::shared_ptr<const ClassificationBatch>& batch,
                                 const std::vector<std::string>& names) {
        return scoring::score_classification(batch->probs, names);
    }

    Options options_;
};

}  // namespace

StageType score_classification() {
    using Options = ScoreClassification::Options;
    return StageType::of<ScoreClassification>(
               "score.classification", "Scores samples by how unsure a classifier is about them.")
        .reads<ClassificationBatch>()
        .sends<ScoreBatch>()
        .option("scores", &Options::scores, "Which scores to compute; higher means label sooner.")
        .computes([](const Options& options) { return options.scores; })
        .batchwise()
        .check([](const Options& options, const StageType::Complain& complain) {
            check_score_names(scoring::Task::classification, options.scores, complain);
            for (const auto& name : options.scores)
                if (scoring::needs_committee(name))
                    complain("scores",
                             fmt::format("'{}' needs several predictions for each sample: read "
                                         "them by predictions.committee, score them by "
                                         "score.committee",
                                         name));
        });
}

}  // namespace trommel::stages
