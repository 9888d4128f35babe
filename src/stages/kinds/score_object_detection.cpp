#include "stages/scores/score_names.hpp"
#include "stages/stages.hpp"
#include "trommel/predictions/score_settings.hpp"
#include "trommel/runtime/on_cpu.hpp"
#include "trommel/scoring/score_type.hpp"

#include <algorithm>
#include <functional>

namespace trommel::stages {
namespace {

struct DetectionOptions {
    std::vector<std::string> scores = scoring::score_names(scoring::Task::object_detection);
    double frequency_penalty = scoring::ObjectDetectionConfig{}.frequency_penalty;
    double min_score = scoring::ObjectDetectionConfig{}.min_score;
    scoring::BoxReduction::How reduce = scoring::BoxReduction{}.how;
    std::int64_t top_k = static_cast<std::int64_t>(scoring::BoxReduction{}.top);

    scoring::ObjectDetectionConfig config() const {
        return {.frequency_penalty = frequency_penalty,
                .min_score = min_score,
                .reduction = {.how = reduce, .top = static_cast<std::size_t>(top_k)}};
    }
};

const scoring::ScoreType& type_of(const std::string& name) {
    return scoring::score_type(scoring::Task::object_detection, name);
}

/// Whether a score is asked for that compares an image with all others.
bool compares_images(const DetectionOptions& options) {
    return std::ranges::any_of(
        options.scores, [](const std::string& name) { return type_of(name).needs_all_samples(); });
}

/// The scores that use one image alone, as finished columns.
scoring::Scores score_detected(const std::shared_ptr<const DetectionBatch>& batch,
                               const std::vector<std::string>& names,
                               const scoring::ObjectDetectionConfig& config) {
    return scoring::score_detections(batch->outputs, names, config);
}

/// A score that compares an image with all others: the images' values are held back, eight bytes a
/// sample, until the last one has come.
class ComparedScore {
public:
    ComparedScore(const scoring::ScoreType& type, const scoring::ObjectDetectionConfig& config)
        : name_(type.name), of_(std::get<scoring::OfAllDetections>(type.kernel)), config_(config) {}

    void add(const DetectionBatch& batch) {
        for (const auto& image : batch.outputs) {
            values_.push_back(of_.value(image, config_));
            extent_.include(values_.back());
        }
    }

    scoring::ScoreColumn scores() && {
        for (double& value : values_) value = of_.score(value, extent_, config_);
        return {name_, std::move(values_)};
    }

private:
    std::string name_;
    scoring::OfAllDetections of_;
    scoring::ObjectDetectionConfig config_;
    std::vector<double> values_;
    scoring::Extent extent_;
};

/// All such scores of the samples that come.
class ComparedScores {
public:
    explicit ComparedScores(const DetectionOptions& options) {
        for (const auto& name : options.scores)
            if (type_of(name).needs_all_samples())
                scores_.emplace_back(type_of(name), options.config());
    }

    void add(const std::shared_ptr<const DetectionBatch>& batch) {
        if (scores_.empty()) return;
        of_ = batch->of;
        samples_.insert(samples_.end(), batch->samples.begin(), batch->samples.end());
        for (auto& score : scores_) score.add(*batch);
    }

    bool empty() const { return samples_.empty(); }

    std::shared_ptr<ScoreBatch> finish() && {
        auto batch = std::make_shared<ScoreBatch>();
        batch->of = of_;
        batch->samples = std::move(samples_);
        for (auto& score : scores_) batch->columns.push_back(std::move(score).scores());
        return batch;
    }

private:
    TagSetPtr of_;
    std::vector<SampleIndex> samples_;
    std::vector<ComparedScore> scores_;
};

class ScoreObjectDetection final : public Stage {
public:
    using Options = DetectionOptions;

    explicit ScoreObjectDetection(const Options& options) : options_(options) {
        for (const auto& name : options.scores)
            if (!type_of(name).needs_all_samples()) per_image_.emplace_back(type_of(name).name);
    }

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        ComparedScores compared(options_);
        while (auto batch = co_await in.receive<DetectionBatch>()) {
            co_await on_cpu(context.cpu, hold_back, std::ref(compared), batch);
            if (per_image_.empty()) continue;
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            scores->columns =
                co_await on_cpu(context.cpu, score_detected, batch, per_image_, options_.config());
            co_await out.send(std::move(scores));
        }
        if (compared.empty()) co_return;
        auto last = std::move(compared).finish();
        co_await out.send(std::move(last));
    }

private:
    static void hold_back(ComparedScores& scores,
                          const std::shared_ptr<const DetectionBatch>& batch) {
        scores.add(batch);
    }

    Options options_;
    std::vector<std::string> per_image_;
};

}  // namespace

StageType score_object_detection() {
    using Options = DetectionOptions;
    return StageType::of<ScoreObjectDetection>(
               "score.object_detection",
               "Scores images by the number and the uncertainty of detected objects.")
        .reads<DetectionBatch>()
        .sends<ScoreBatch>()
        .computes([](const Options& options) {
            return current_names(scoring::Task::object_detection, options.scores);
        })
        .option("scores", &Options::scores, "Scores to compute; higher means label sooner.")
        .option(predictions::frequency_penalty.name,
                &Options::frequency_penalty,
                predictions::frequency_penalty.help,
                {.required = false,
                 .min = predictions::frequency_penalty.min,
                 .max = predictions::frequency_penalty.max})
        .option(predictions::min_score.name,
                &Options::min_score,
                predictions::min_score.help,
                {.required = false,
                 .min = predictions::min_score.min,
                 .max = predictions::min_score.max})
        .choice(predictions::reduce.name,
                &Options::reduce,
                predictions::reduce.help,
                Choices<scoring::BoxReduction::How>(std::begin(predictions::reductions),
                                                    std::end(predictions::reductions)))
        .option(predictions::top_k.name,
                &Options::top_k,
                predictions::top_k.help,
                {.required = false, .min = predictions::top_k.min, .max = predictions::top_k.max})
        .batchwise([](const Options& options) { return !compares_images(options); })
        .check([](const Options& options, const StageType::Complain& complain) {
            check_score_names(scoring::Task::object_detection, options.scores, complain);
        });
}

}  // namespace trommel::stages
