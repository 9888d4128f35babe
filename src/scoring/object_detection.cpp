#include "trommel/scoring/object_detection.hpp"

#include "scoring/arithmetic.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/scoring/row_scorer.hpp"
#include "trommel/scoring/score_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace trommel::scoring {
namespace {

void require_fraction(std::string_view name, double value) {
    if (value >= 0 && value <= 1) return;
    throw ConfigError(fmt::format(
        "object detection scores: {} is {}; give a number in 0..1", name, shortest(value)));
}

std::vector<double> score_all(std::span<const ObjectDetectionOutput> images,
                              const ScoreType& type,
                              const ObjectDetectionConfig& config) {
    const auto& [value, score] = std::get<OfAllDetections>(type.kernel);
    if (images.empty())
        throw DataError(
            fmt::format("{} compares images, and there is none; give at least one", type.name));
    Extent all;
    std::vector<double> scores;
    scores.reserve(images.size());
    for (const auto& image : images) {
        scores.push_back(value(image, config));
        all.include(scores.back());
    }
    for (double& of_image : scores) of_image = score(of_image, all, config);
    return scores;
}

template <typename Score>
std::vector<double> score_each(std::span<const ObjectDetectionOutput> images, const Score& score) {
    std::vector<double> scores(images.size());
    std::ranges::transform(images, scores.begin(), score);
    return scores;
}

/// One or more `scores`, which it may put in another order, as one.
double reduce(std::span<double> scores, BoxReduction reduction) {
    switch (reduction.how) {
        case BoxReduction::How::max:
            return std::ranges::max(scores);
        case BoxReduction::How::mean:
            return mean(scores);
        case BoxReduction::How::sum:
            return mean(scores) * static_cast<double>(scores.size());
        case BoxReduction::How::top_k:
            break;
    }
    const auto top = std::min(reduction.top, scores.size());
    std::ranges::sort(scores, std::greater<>());
    return mean(scores.first(top));
}

/// box_uncertainty of many images, with what is known of a number of classes kept from one to the
/// next.
class BoxUncertainties {
public:
    BoxUncertainties(RowKernel kernel, BoxReduction reduction)
        : kernel_(kernel), reduction_(reduction) {}

    double operator()(const ObjectDetectionOutput& image) {
        const auto& probs = image.class_probabilities();
        if (image.boxes().empty()) return 0;
        const auto found = rows_.find(probs.cols());
        const auto& rows = found != rows_.end() ? found->second : add(probs.cols());
        scores_.resize(probs.rows());
        double* const out = scores_.data();
        rows(probs.values(), std::span<double* const>(&out, 1));
        return reduce(scores_, reduction_);
    }

private:
    const RowScorer& add(std::size_t classes) {
        return rows_.emplace(classes, RowScorer(std::vector{kernel_}, classes)).first->second;
    }

    RowKernel kernel_;
    BoxReduction reduction_;
    std::unordered_map<std::size_t, RowScorer> rows_;  ///< by number of classes
    std::vector<double> scores_;
};

std::vector<double> score_images(std::span<const ObjectDetectionOutput> images,
                                 const ScoreType& type,
                                 const ObjectDetectionConfig& config) {
    if (type.needs_all_samples()) return score_all(images, type, config);
    if (const auto* const of_image = std::get_if<OfDetections>(&type.kernel))
        return score_each(images, of_image->score);
    BoxUncertainties score(std::get<OfBoxes>(type.kernel).score, config.reduction);
    return score_each(images, std::ref(score));
}

}  // namespace

void check(const ObjectDetectionConfig& config) {
    require_fraction("frequency_penalty", config.frequency_penalty);
    require_fraction("min_score", config.min_score);
    if (config.reduction.top == 0)
        throw ConfigError("object detection scores: the mean of the top 0 boxes; take 1 or more");
}

double box_uncertainty(Uncertainty measure,
                       const ObjectDetectionOutput& image,
                       BoxReduction reduction) {
    if (image.boxes().empty()) return 0;
    const auto& probs = image.class_probabilities();
    const NormalizedUncertainty score(measure, probs.cols());
    std::vector<double> scores(probs.rows());
    for (std::size_t box = 0; box < probs.rows(); ++box) scores[box] = score(probs.row(box));
    return reduce(scores, reduction);
}

Scores score_detections(std::span<const ObjectDetectionOutput> images,
                        std::span<const std::string> names,
                        const ObjectDetectionConfig& config) {
    check(config);
    Scores scores;
    for (const auto& name : names) {
        const auto& type = score_type(Task::object_detection, name);
        scores.push_back({std::string(type.name), score_images(images, type, config)});
    }
    return scores;
}

ScorerObjectDetection::ScorerObjectDetection(std::vector<ObjectDetectionOutput> model_output,
                                             ObjectDetectionConfig config)
    : model_output_(std::move(model_output)), config_(config) {
    check(config_);
}

Scores ScorerObjectDetection::calculate_scores() const {
    return score_detections(model_output_, score_names(), config_);
}

std::vector<std::string> ScorerObjectDetection::score_names() {
    return scoring::score_names(Task::object_detection);
}

}  // namespace trommel::scoring
