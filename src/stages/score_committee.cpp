#include "stages/prediction_batches.hpp"
#include "stages/score_names.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/on_cpu.hpp"
#include "trommel/scoring/committee.hpp"

namespace trommel::stages {
namespace {

scoring::Scores score_members(const std::shared_ptr<const CommitteeBatch>& batch,
                              const std::vector<std::string>& names) {
    return scoring::score_committees(batch->probs, batch->members, batch->classes, names);
}

class ScoreCommittee final : public Stage {
public:
    struct Options {
        std::vector<std::string> scores = scoring::all_score_names(scoring::Task::classification);
    };

    explicit ScoreCommittee(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        while (auto batch = co_await in.receive<CommitteeBatch>()) {
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            scores->columns = co_await on_cpu(context.cpu, score_members, batch, options_.scores);
            co_await out.send(std::move(scores));
        }
    }

private:
    Options options_;
};

}  // namespace

StageType score_committee() {
    using Options = ScoreCommittee::Options;
    return StageType::of<ScoreCommittee>(
               "score.committee",
               "Scores samples by how much several models differ about them; the uncertainties are "
               "those of their mean.")
        .reads<CommitteeBatch>()
        .sends<ScoreBatch>()
        .option("scores", &Options::scores, "Which scores to compute; higher means label sooner.")
        .computes([](const Options& options) { return options.scores; })
        .batchwise()
        .check([](const Options& options, const StageType::Complain& complain) {
            check_score_names(scoring::Task::classification, options.scores, complain);
        });
}

}  // namespace trommel::stages
