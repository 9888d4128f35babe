#include "stages/prediction_batches.hpp"
#include "stages/score_names.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/on_cpu.hpp"
#include "trommel/scoring/semantic_segmentation.hpp"

namespace trommel::stages {
namespace {

scoring::Scores score_segmented(const std::shared_ptr<const SegmentationBatch>& batch,
                                const std::vector<std::string>& names) {
    scoring::Scores columns;
    for (const auto& name : names)
        columns.push_back({.name = scoring::score_name(scoring::Task::semantic_segmentation, name),
                           .values = {}});
    for (const auto& image : batch->images) {
        const auto scores = scoring::score_segmented(names, image.probs, image.weights);
        for (std::size_t m = 0; m < scores.size(); ++m) columns[m].values.push_back(scores[m]);
    }
    return columns;
}

class ScoreSemanticSegmentation final : public Stage {
public:
    struct Options {
        std::vector<std::string> scores =
            scoring::score_names(scoring::Task::semantic_segmentation);
    };

    explicit ScoreSemanticSegmentation(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        while (auto batch = co_await in.receive<SegmentationBatch>()) {
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            scores->columns = co_await on_cpu(context.cpu, score_segmented, batch, options_.scores);
            co_await out.send(std::move(scores));
        }
    }

private:
    Options options_;
};

}  // namespace

StageType score_semantic_segmentation() {
    using Options = ScoreSemanticSegmentation::Options;
    return StageType::of<ScoreSemanticSegmentation>(
               "score.semantic_segmentation",
               "Scores images by how unsure a model is about the classes of their pixels; one in "
               "which nothing was found scores 0.")
        .reads<SegmentationBatch>()
        .sends<ScoreBatch>()
        .option("scores", &Options::scores, "Which scores to compute; higher means label sooner.")
        .computes([](const Options& options) { return options.scores; })
        .batchwise()
        .check([](const Options& options, const StageType::Complain& complain) {
            check_score_names(scoring::Task::semantic_segmentation, options.scores, complain);
        });
}

}  // namespace trommel::stages
