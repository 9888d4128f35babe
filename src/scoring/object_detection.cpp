#include "trommel/scoring/object_detection.hpp"

#include "scoring/arithmetic.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/scoring/row_scorer.hpp"

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

std::vector<double> object_frequencies(std::span<const ObjectDetectionOutput> images,
                                       const ObjectDetectionConfig& config) {
    if (images.empty()) {
        throw DataError("object_frequency compares images, and there is none; give at least one");
    }
    Extent all;
    std::vector<double> scores;
    scores.reserve(images.size());
    for (const auto& image : images) {
        scores.push_back(object_frequency(image, config.frequency_penalty));
        all.include(scores.back());
    }
    for (double& score : scores) score = scale_object_frequency(score, all, config.min_score);
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
    BoxUncertainties(Uncertainty measure, BoxReduction reduction)
        : measure_(measure), reduction_(reduction) {}

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
        return rows_.emplace(classes, RowScorer({measure_}, classes)).first->second;
    }

    Uncertainty measure_;
    BoxReduction reduction_;
    std::unordered_map<std::size_t, RowScorer> rows_;  ///< by number of classes
    std::vector<double> scores_;
};

std::vector<double> score_images(std::span<const ObjectDetectionOutput> images,
                                 std::string_view name,
                                 const ObjectDetectionConfig& config) {
    if (name == "object_frequency") return object_frequencies(images, config);
    const auto measure = find_uncertainty(name);
    if (!measure) return score_each(images, objectness_least_confidence);
    BoxUncertainties score(*measure, config.reduction);
    return score_each(images, std::ref(score));
}

}  // namespace

void check(const ObjectDetectionConfig& config) {
    require_fraction("frequency_penalty", config.frequency_penalty);
    require_fraction("min_score", config.min_score);
    if (config.reduction.top == 0)
        throw ConfigError("object detection scores: the mean of the top 0 boxes; take 1 or more");
}

double object_frequency(const ObjectDetectionOutput& image, double frequency_penalty) {
    std::vector<double>
        values;  // of each label, in the order of its first box: the order of adding
    std::unordered_map<int, std::size_t> places;
    for (const int label : image.labels()) {
        const auto [place, is_new] = places.try_emplace(label, values.size());
        if (is_new) {
            values.push_back(1);
        } else {
            values[place->second] += frequency_penalty;
        }
    }
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}

void Extent::include(double value) {
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
}

double scale_object_frequency(double value, const Extent& all, double min_score) {
    return interpolate(value, {all.lowest, all.highest}, {min_score, 1});
}

double objectness_least_confidence(const ObjectDetectionOutput& image) {
    return image.boxes().empty() ? 0 : finite(1 - mean(image.scores()));
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
        auto current = score_name(Task::object_detection, name);
        auto values = score_images(images, current, config);
        scores.push_back({std::move(current), std::move(values)});
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
