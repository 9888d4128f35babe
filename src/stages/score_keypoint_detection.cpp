#include "stages/prediction_batches.hpp"
#include "stages/score_names.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/on_cpu.hpp"
#include "trommel/scoring/keypoint_detection.hpp"

namespace trommel::stages {
namespace {

std::vector<double> score_keypoints_of(const std::shared_ptr<const KeypointBatch>& batch) {
    std::vector<double> scores;
    scores.reserve(batch->outputs.size());
    for (const auto& image : batch->outputs) scores.push_back(scoring::mean_uncertainty(image));
    return scores;
}

class ScoreKeypointDetection final : public Stage {
public:
    struct Options {
        std::vector<std::string> scores = scoring::score_names(scoring::Task::keypoint_detection);
    };

    explicit ScoreKeypointDetection(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        while (auto batch = co_await in.receive<KeypointBatch>()) {
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            auto values = co_await on_cpu(context.cpu, score_keypoints_of, batch);
            scores->columns.push_back(
                {.name = scoring::score_names(scoring::Task::keypoint_detection).front(),
                 .values = std::move(values)});
            co_await out.send(std::move(scores));
        }
    }

private:
    Options options_;
};

}  // namespace

StageType score_keypoint_detection() {
    using Options = ScoreKeypointDetection::Options;
    return StageType::of<ScoreKeypointDetection>(
               "score.keypoint_detection",
               "Scores images by how unsure a model is about the keypoints that it found in them; "
               "one in which nothing was found scores 0.")
        .reads<KeypointBatch>()
        .sends<ScoreBatch>()
        .option("scores", &Options::scores, "Which scores to compute; there is one.")
        .computes([](const Options& options) { return options.scores; })
        .batchwise()
        .check([](const Options& options, const StageType::Complain& complain) {
            check_score_names(scoring::Task::keypoint_detection, options.scores, complain);
        });
}

}  // namespace trommel::stages
