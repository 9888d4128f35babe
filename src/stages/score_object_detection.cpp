#include "stages/score_names.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/on_cpu.hpp"
#include "trommel/scoring/object_detection.hpp"

#include <algorithm>
#include <iterator>

namespace trommel::stages {
namespace {

constexpr auto frequency = "object_frequency";

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

/// Whether a score is asked for that compares an image with all others.
bool counts_objects(const DetectionOptions& options) {
    return std::ranges::any_of(options.scores, [](const std::string& name) {
        return scoring::score_name(scoring::Task::object_detection, name) == frequency;
    });
}

/// The scores that look at one image alone, as finished columns.
scoring::Scores score_detected(const std::shared_ptr<const DetectionBatch>& batch,
                               const std::vector<std::string>& names,
                               const scoring::ObjectDetectionConfig& config) {
    return scoring::score_detections(batch->outputs, names, config);
}

/// What each image's objects count for, before it is known how they count over the whole dataset.
std::vector<double> count_objects(const std::shared_ptr<const DetectionBatch>& batch,
                                  double penalty) {
    std::vector<double> counts;
    counts.reserve(batch->outputs.size());
    for (const auto& image : batch->outputs)
        counts.push_back(scoring::object_frequency(image, penalty));
    return counts;
}

/// object_frequency compares an image with all others, so it is held back, eight bytes a sample,
/// until the last image has been counted.
class Frequencies {
public:
    void add(const DetectionBatch& batch, const std::vector<double>& counts) {
        of_ = batch.of;
        samples_.insert(samples_.end(), batch.samples.begin(), batch.samples.end());
        counts_.insert(counts_.end(), counts.begin(), counts.end());
        for (const double count : counts) extent_.include(count);
    }

    bool empty() const { return samples_.empty(); }

    std::shared_ptr<ScoreBatch> scaled(double min_score) && {
        for (double& count : counts_)
            count = scoring::scale_object_frequency(count, extent_, min_score);
        auto batch = std::make_shared<ScoreBatch>();
        batch->of = of_;
        batch->samples = std::move(samples_);
        batch->columns.push_back({.name = frequency, .values = std::move(counts_)});
        return batch;
    }

private:
    TagSetPtr of_;
    std::vector<SampleIndex> samples_;
    std::vector<double> counts_;
    scoring::Extent extent_;
};

class ScoreObjectDetection final : public Stage {
public:
    using Options = DetectionOptions;

    explicit ScoreObjectDetection(const Options& options) : options_(options) {
        for (const auto& name : options.scores) {
            auto current = scoring::score_name(scoring::Task::object_detection, name);
            if (current == frequency)
                counts_objects_ = true;
            else
                per_image_.push_back(std::move(current));
        }
    }

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        Frequencies frequencies;
        while (auto batch = co_await in.receive<DetectionBatch>()) {
            if (counts_objects_) {
                auto counts =
                    co_await on_cpu(context.cpu, count_objects, batch, options_.frequency_penalty);
                frequencies.add(*batch, counts);
            }
            if (per_image_.empty()) continue;
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            scores->columns =
                co_await on_cpu(context.cpu, score_detected, batch, per_image_, options_.config());
            co_await out.send(std::move(scores));
        }
        if (frequencies.empty()) co_return;
        auto last = std::move(frequencies).scaled(options_.min_score);
        co_await out.send(std::move(last));
    }

private:
    Options options_;
    std::vector<std::string> per_image_;
    bool counts_objects_ = false;
};

}  // namespace

StageType score_object_detection() {
    using Options = DetectionOptions;
    using How = scoring::BoxReduction::How;
    return StageType::of<ScoreObjectDetection>(
               "score.object_detection",
               "Scores images by how many objects a detector found and how "
               "unsure it is about them.")
        .reads<DetectionBatch>()
        .sends<ScoreBatch>()
        .computes([](const Options& options) {
            return current_names(scoring::Task::object_detection, options.scores);
        })
        .option("scores", &Options::scores, "Which scores to compute; higher means label sooner.")
        .option("frequency_penalty",
                &Options::frequency_penalty,
                "What a further object of a class adds to object_frequency; its first adds 1.",
                {.required = false, .min = 0, .max = 1})
        .option("min_score",
                &Options::min_score,
                "The object_frequency of the image with the fewest objects; the one with the most "
                "has 1.",
                {.required = false, .min = 0, .max = 1})
        .choice("reduce",
                &Options::reduce,
                "How the uncertainties of an image's boxes become one. top_k: the mean of the "
                "largest few.",
                {{"max", How::max}, {"mean", How::mean}, {"sum", How::sum}, {"top_k", How::top_k}})
        .option("top_k",
                &Options::top_k,
                "Of how many boxes top_k takes the mean.",
                {.required = false, .min = 1, .max = 1e6})
        .batchwise([](const Options& options) { return !counts_objects(options); })
        .check([](const Options& options, const StageType::Complain& complain) {
            check_score_names(scoring::Task::object_detection, options.scores, complain);
        });
}

}  // namespace trommel::stages
