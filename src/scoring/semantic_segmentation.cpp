#include "trommel/scoring/semantic_segmentation.hpp"

#include "scoring/arithmetic.hpp"
#include "trommel/core/error.hpp"
#include "trommel/scoring/probabilities.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::scoring {

SegmentationScorer::SegmentationScorer(std::span<const std::string> names) {
    for (const auto& name : names) {
        const auto& type = score_type(Task::semantic_segmentation, name);
        names_.emplace_back(type.name);
        kernels_.push_back(std::get<OfPixels>(type.kernel).score);
    }
    scratch_.resize(names_.size());
}

template <typename T>
std::vector<double> SegmentationScorer::score(std::span<const T> pixels,
                                              std::size_t classes,
                                              bool check) {
    if (pixels.empty() || classes == 0)
        throw DataError("the image has no pixels or no classes; give (width, height, classes)");
    if (!rows_ || rows_->classes() != classes) rows_.emplace(kernels_, classes);
    std::vector<double*> columns;
    for (auto& column : scratch_) {
        column.resize(pixels.size() / classes);
        columns.push_back(column.data());
    }
    std::vector<std::size_t> faulty;
    (*rows_)(pixels, columns, check ? &faulty : nullptr);
    if (!faulty.empty()) {
        const auto row = pixels.subspan(faulty.front() * classes, classes);
        const std::vector<double> probs(row.begin(), row.end());
        throw DataError(
            fmt::format("pixel {}: {}", faulty.front(), probability_fault(probs).value_or("")));
    }
    std::vector<double> scores;
    for (const auto& column : scratch_) scores.push_back(mean(column));
    return scores;
}

std::vector<double> SegmentationScorer::operator()(std::span<const double> pixels,
                                                   std::size_t classes,
                                                   bool check) {
    return score(pixels, classes, check);
}

std::vector<double> SegmentationScorer::operator()(std::span<const float> pixels,
                                                   std::size_t classes,
                                                   bool check) {
    return score(pixels, classes, check);
}

std::vector<double> score_segmented(std::span<const std::string> names,
                                    const Probabilities& probs,
                                    std::span<const double> weights,
                                    Precision precision) {
    SegmentationScorer scorer(names);
    std::vector<double> sums(names.size());
    if (probs.rows() == 0) return sums;
    const auto score = [&](std::span<const double> pixels) {
        if (precision == Precision::f64) return scorer(pixels, probs.cols(), true);
        const std::vector<float> singles(pixels.begin(), pixels.end());
        return scorer(std::span(singles), probs.cols(), true);
    };
    if (weights.empty()) return score(probs.values());
    double pixels = 0;
    for (std::size_t group = 0; group < probs.rows(); ++group) {
        const auto scores = score(probs.row(group));
        for (std::size_t m = 0; m < sums.size(); ++m) sums[m] += weights[group] * scores[m];
        pixels += weights[group];
    }
    for (double& sum : sums) sum = pixels > 0 ? sum / pixels : 0;
    return sums;
}

ScorerSemanticSegmentation::ScorerSemanticSegmentation(NextImage next) : next_(std::move(next)) {}

ScorerSemanticSegmentation::ScorerSemanticSegmentation(std::vector<Probabilities> model_output)
    : images_(std::move(model_output)) {}

Scores ScorerSemanticSegmentation::calculate_scores() const {
    SegmentationScorer scorer(score_names());
    Scores scores;
    for (const auto& name : scorer.names()) scores.push_back({name, {}});
    const auto add = [&](const Probabilities& image) {
        const auto values = scorer(image.values(), image.cols());
        for (std::size_t i = 0; i < values.size(); ++i) scores[i].values.push_back(values[i]);
    };
    for (const auto& image : images_) add(image);
    if (next_)
        while (const auto image = next_()) add(*image);
    if (scores.front().values.empty())
        throw DataError("there are no segmented images to score; was the generator used before?");
    return scores;
}

std::vector<std::string> ScorerSemanticSegmentation::score_names() {
    return scoring::score_names(Task::semantic_segmentation);
}

}  // namespace trommel::scoring
